const TABLE = /:table\/([^/]+)/;

// The records of a batch come from one stream, and each failure of it is logged (bench: failures).
let [lastArn, lastName] = ['', ''];

/**
 * The table's name in the ARN of its stream,
 * `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`.
 * Only the table's part is read: published sample events have malformed ARNs.
 *
 * @returns an empty string when the ARN names no table
 */
export function tableNameOf(eventSourceArn: string | undefined): string {
  if (eventSourceArn === lastArn) return lastName;
  // Only text: what an event carries in its place could not even be made one, and this is read for the log.
  if (typeof eventSourceArn !== 'string') return '';
  lastArn = eventSourceArn;
  lastName = TABLE.exec(eventSourceArn)?.[1] ?? '';
  return lastName;
}

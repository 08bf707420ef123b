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

// Each audit entry has it (bench: middleware/audit).
let [labelledArn, lastLabel] = ['', ''];

/**
 * The label in the ARN of a stream: on AWS the time at which the stream was enabled, such as `2026-01-01T00:00:00.000`.
 *
 * @returns an empty string when the ARN has none
 */
export function streamLabelOf(eventSourceArn: string | undefined): string {
  if (eventSourceArn === labelledArn) return lastLabel;
  if (typeof eventSourceArn !== 'string') return '';
  labelledArn = eventSourceArn;
  lastLabel = eventSourceArn.split('/stream/', 2)[1] ?? '';
  return lastLabel;
}

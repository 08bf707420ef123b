const TABLE = /:table\/([^/]+)/;

/**
 * The table's name in the ARN of its stream,
 * `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`.
 * Only the table's part is read: published sample events have malformed ARNs.
 *
 * @returns an empty string when the ARN names no table
 */
export function tableNameOf(eventSourceArn: string | undefined): string {
  return (eventSourceArn !== undefined && TABLE.exec(eventSourceArn)?.[1]) || '';
}

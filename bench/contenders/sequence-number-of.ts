/** The position of a record, wherever a contender left it. */
export function sequenceNumberOf(record: {
  readonly dynamodb?: { readonly SequenceNumber?: string | undefined } | undefined;
}): string {
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined) throw new TypeError('The record came without its SequenceNumber');
  return sequenceNumber;
}

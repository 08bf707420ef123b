/** The outcome of a record in one invocation: one byte each in a Uint8Array. */
export const RecordState = {
  /** Not started, or not finished when the deadline was reached. */
  pending: 0,
  succeeded: 1,
  failed: 2,
} as const;

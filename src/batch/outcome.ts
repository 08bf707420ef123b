/** The result of a batch. */
export interface Outcome {
  /** One {@link RecordState} per record. */
  readonly states: Uint8Array;
  /** Index of the lowest record that did not succeed; the number of records when all did. */
  readonly checkpoint: number;
  readonly succeeded: number;
  readonly failed: number;
  /** The error of the first failed record in stream order, if one failed. */
  readonly error: unknown;
}

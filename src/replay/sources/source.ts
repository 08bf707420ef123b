/** A message that was taken. */
export interface SourceMessage {
  readonly id: string;
  /** An object, or text with JSON. */
  readonly body: unknown;
  /** Why there is no body. */
  readonly problem?: string;
}

/** Where messages come from. */
export interface ReplaySource {
  /** True if further messages may come after these are finished. */
  readonly inRounds: boolean;
  /** Takes all messages that are available now. */
  take(signal: AbortSignal): Promise<readonly SourceMessage[]>;
  /**
   * Their records succeeded.
   *
   * @returns those that the source could not let go of, and why
   */
  done(messages: readonly SourceMessage[]): Promise<ReadonlyMap<SourceMessage, string>>;
  /** Gives back the messages that were taken and are not done. */
  release(): Promise<void>;
}

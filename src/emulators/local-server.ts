/** A server that this process started. */
export interface LocalServer {
  readonly url: string;
  /** Resolves once it has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

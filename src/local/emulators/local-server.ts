/** A server that this process started. */
export interface LocalServer {
  readonly url: string;
  stop(): Promise<void>;
}

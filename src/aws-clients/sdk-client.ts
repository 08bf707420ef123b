/**
 * The parts of an AWS SDK client that are used here. With the SDK's own types, a program that is compiled without
 * `skipLibCheck` would need all of the clients.
 */
export interface SdkClient {
  /** Sends a command of the SDK. */
  send(command: never): Promise<unknown>;
}

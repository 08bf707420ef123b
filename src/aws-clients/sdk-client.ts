/**
 * A client of the AWS SDK, by what matters of it: with the SDK's own types, whoever compiles without
 * `skipLibCheck` would need every client there is.
 */
export interface SdkClient {
  send(command: never): Promise<unknown>;
}

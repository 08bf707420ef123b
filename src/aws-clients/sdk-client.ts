/**
 * A client of the AWS SDK, as far as it is used here. With the SDK's own types, a program that is compiled without
 * `skipLibCheck` would need every client there is.
 */
export interface SdkClient {
  send(command: never): Promise<unknown>;
}

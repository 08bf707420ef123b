import { ConfigurationError } from '../errors.ts';

/** Makes the error for an answer that DynamoDB does not send. A proxy that answers 200 in its place must not end a shard. */
export function unexpectedAnswer(problem: string, owner?: string): ConfigurationError {
  return new ConfigurationError(
    'UNEXPECTED_ANSWER',
    `the server's answer ${problem}. Check that endpoint is one of DynamoDB, and that no proxy answers in its place.`,
    { owner },
  );
}

/** Lambda's limit for a response, as its error `Function.ResponseSizeTooLarge` names it: 6 MB and 100 bytes. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/**
 * Sends a function's answer through JSON, as Lambda does.
 *
 * @throws TypeError for what JSON cannot hold, and Error for more than 6 MB: the invocation has failed
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function responseOf(answer: unknown): unknown {
  const json = JSON.stringify(answer) as string | undefined;
  if (json === undefined) return null;
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESPONSE_BYTES) return JSON.parse(json);
  throw new Error(
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  );
}

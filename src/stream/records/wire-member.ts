import { ownWork, turn } from '../event-loop.ts';
import { unexpectedAnswer } from '../unexpected-answer.ts';

interface Exchange {
  readonly response: { body: unknown; readonly statusCode: number };
}

/** A command of the SDK, reduced to the members used here. Its own types differ between clients. */
export interface WireCommand {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/**
 * Takes one member of a command's answer as JSON, before the SDK reads it.
 *
 * The SDK sets an attribute named `__proto__` to undefined (client-dynamodb-streams 3.1141), and turns each binary value into
 * bytes, which Lambda has as base64. It also takes three times as long as JSON.parse for a page of 1,000 records.
 *
 * The command fails with `UNEXPECTED_ANSWER` where a body of success is not a JSON object.
 *
 * @returns gives the member, once the command was sent; undefined if the client ran no middleware, as stubs do
 */
export function wireMember(command: WireCommand, member: string): () => unknown {
  let taken: unknown;
  const middleware =
    (next: (args: unknown) => Promise<Exchange>) =>
    async (args: unknown): Promise<Exchange> => {
      const exchange = await next(args);
      const { response } = exchange;
      if (!isStream(response.body)) return exchange;
      const bytes = await bytesOf(response.body);
      response.body = bytes; // for the SDK, which reads errors and everything else itself
      await turn(); // one page at a time
      const answer = ownWork(() => jsonOf(bytes));
      if (answer === undefined) {
        // The SDK would take an empty body, or one of `null`, for an answer without records: the end of a shard.
        if (response.statusCode < 300) throw unexpectedAnswer('is not a JSON object');
        return exchange;
      }
      const { [member]: value, ...rest } = answer;
      taken = value;
      response.body = Buffer.from(JSON.stringify(rest));
      return exchange;
    };
  // Low priority: between the SDK's own reading and the connection.
  command.middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'low' } as never);
  return () => taken;
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return (
    typeof (body as Partial<AsyncIterable<Uint8Array>> | undefined)?.[Symbol.asyncIterator] === 'function'
  );
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Undefined for a body that is not a JSON object, such as a proxy's page. */
function jsonOf(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const answer: unknown = JSON.parse(bytes.toString());
    const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
    return isObject ? (answer as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

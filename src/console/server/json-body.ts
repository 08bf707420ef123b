import type { IncomingMessage } from 'node:http';
import { RequestRefusedError } from './request-refused-error.ts';

/** An item of DynamoDB has 400 kB at most, and more as JSON. */
const MAX_BYTES = 2 ** 20;

/** An item of DynamoDB has 32 levels at most. Each of them is two levels of JSON. */
const MAX_DEPTH = 100;

/**
 * Reads the body of a request, which has to be an object of JSON.
 *
 * The content type is required, because the form of another site can send only other types without the browser asking first.
 *
 * @throws RequestRefusedError
 */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestRefusedError(415, 'The content type has to be application/json.');
  }
  const value = parsed(await textOf(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestRefusedError(400, 'The body has to be an object of JSON.');
  }
  if (isDeeperThan(MAX_DEPTH, value)) {
    throw new RequestRefusedError(400, `The body has more than ${MAX_DEPTH} levels.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Stops at the limit: Node reads what follows, and forgets it, until the time for a request is over. */
async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES)
      throw new RequestRefusedError(413, `The body has more than ${MAX_BYTES.toLocaleString('en')} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // its message quotes the text
  }
}

/** Level by level, because the number of levels is for the sender to choose. */
function isDeeperThan(maxDepth: number, value: object): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return false;
}

import type { DynamoDBRecord } from 'aws-lambda';
import { usageError } from '../errors/cli-error.ts';
import { jsonProblem } from '../errors/json-problem.ts';
import { readText } from '../read-text.ts';
import type { CliIo } from '../terminal/io.ts';

/** An event, and its records. */
export interface Payload {
  readonly event: object;
  readonly records: readonly DynamoDBRecord[];
}

/**
 * Reads an event of a DynamoDB stream.
 *
 * @param path a file, or `-` for stdin
 * @throws CliError
 */
export async function readPayload(path: string, io: CliIo): Promise<Payload> {
  const name = path === '-' ? 'The payload on stdin' : path;
  const json = await readText(path, name, io);
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch (cause) {
    throw usageError(`${name} is not JSON: ${jsonProblem(json, cause)}.`, cause);
  }
  const records = (event as { readonly Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) {
    throw usageError(`${name} is not an event of a DynamoDB stream: it has no list Records.`);
  }
  return { event: event as object, records };
}

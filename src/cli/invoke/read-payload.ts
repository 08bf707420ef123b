import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { DynamoDBRecord } from 'aws-lambda';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';

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
  const json = path === '-' ? await text(io.stdin) : await readText(path);
  const name = path === '-' ? 'The payload on stdin' : path;
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch (cause) {
    throw usageError(`${name} is no JSON: ${(cause as Error).message}.`, cause);
  }
  const records = (event as { readonly Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) {
    throw usageError(`${name} is no event of a DynamoDB stream: it has no list Records.`);
  }
  return { event: event as object, records };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw usageError(
      code === 'ENOENT'
        ? `There is no file ${path}. Paths are relative to ${process.cwd()}.`
        : `${path} cannot be read: ${(cause as Error).message}.`,
      cause,
    );
  }
}

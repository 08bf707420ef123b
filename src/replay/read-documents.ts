import { ConfigurationError } from '../errors.ts';

/**
 * The documents in a file: one as JSON, an array of them, one per line (NDJSON), or the output of
 * `aws sqs receive-message`.
 *
 * @throws ConfigurationError `INVALID_DOCUMENTS` when it is none of them
 * @example
 * ```ts
 * const documents = readDocuments(await readFile('failed.ndjson', 'utf8'));
 * ```
 */
export function readDocuments(text: string): readonly unknown[] {
  try {
    return listOf(JSON.parse(text));
  } catch {
    return text
      .split('\n')
      .map((line, index) => ({ line: line.trim(), number: index + 1 }))
      .filter(({ line }) => line !== '')
      .flatMap(({ line, number }) => listOf(lineOf(line, number)));
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const messages: unknown = (value as { readonly Messages?: unknown } | null)?.Messages;
  return Array.isArray(messages) ? messages.map((message): unknown => message?.Body) : [value];
}

function lineOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ConfigurationError(
      'INVALID_DOCUMENTS',
      `replay: line ${number} of the documents is not JSON. Expected is an on-failure document or a dead letter ` +
        'as JSON, an array of them, or one per line.',
    );
  }
}

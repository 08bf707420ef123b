import { ConfigurationError } from '../errors.ts';
import type { Check } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';

/** A file may be empty. */
const STRING: Check = { expected: 'text', accepts: (value) => typeof value === 'string' };

/**
 * Reads the documents in a file: one as JSON, an array of them, one per line (NDJSON), several one behind the other
 * without line ends (as S3 objects that were joined), or the output of `aws sqs receive-message`.
 *
 * A part that is not JSON comes as text: {@link replay} reports it as not understood, and replays the rest.
 *
 * @throws ConfigurationError `INVALID_DOCUMENTS` when no part of it is JSON; `INVALID_OPTION` for a value that is not text, such as a
 * Buffer
 * @example
 * ```ts
 * const documents = parseDocuments(await readFile('failed.ndjson', 'utf8'));
 * ```
 */
export function parseDocuments(text: string): readonly unknown[] {
  requireArgument('parseDocuments', 'text', text, STRING, { remedy: "Read the file as 'utf8'." });
  const whole = parsed(text);
  if (whole !== undefined) return listOf(whole.value);
  const documents: unknown[] = [];
  let read = 0;
  let first: number | undefined;
  for (const { part, line, json } of partsOf(text)) {
    if (json === undefined) {
      first ??= line;
      documents.push(part);
    } else {
      read++;
      for (const document of listOf(json.value)) documents.push(document);
    }
  }
  if (first !== undefined && read === 0) {
    throw new ConfigurationError(
      'INVALID_DOCUMENTS',
      `line ${first} of the documents is not JSON, and neither is the rest. Pass on-failure documents or dead ` +
        'letters as JSON: one, an array, one per line, or one after the other.',
      { owner: 'replay' },
    );
  }
  return documents;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const messages: unknown = (value as { readonly Messages?: unknown } | null)?.Messages;
  return Array.isArray(messages) ? messages.map((message): unknown => message?.Body) : [value];
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

interface Part {
  readonly part: string;
  /** Where it begins. */
  readonly line: number;
  /** Undefined: the part is not JSON. */
  readonly json: { readonly value: unknown } | undefined;
}

/** Between values: white space, the comma of a list whose brackets are missing, a byte order mark. */
const BETWEEN = /[\s,\ufeff]/;

/**
 * Cuts a text into JSON values, and the text between them into lines. After the first value that does not end, or that
 * is not JSON and takes several lines, values end with their line. So a broken line does not take the lines after it
 * along, and the text is read three times at most.
 */
function* partsOf(text: string): Generator<Part> {
  let line = 1;
  let at = 0;
  let lineEnd = -1;
  let isBroken = false;
  while (at < text.length) {
    const char = text[at] as string;
    if (BETWEEN.test(char)) {
      if (char === '\n') line++;
      at++;
      continue;
    }
    if (lineEnd < at) lineEnd = text.indexOf('\n', at);
    if (lineEnd === -1) lineEnd = text.length;
    const closing: number | undefined = '{['.includes(char)
      ? valueEnd(text, at, isBroken ? lineEnd : text.length)
      : lineEnd;
    // A value without an end is not parsed: JSON.parse takes 20 us to find that out.
    const json: Part['json'] = closing === undefined ? undefined : parsed(text.slice(at, closing));
    const isMultiline: boolean = closing === undefined || closing > lineEnd;
    isBroken ||= json === undefined && isMultiline;
    const end: number = json === undefined && isMultiline ? lineEnd : (closing as number);
    const part = text.slice(at, end);
    yield { part: part.trim(), line, json };
    line += part.split('\n').length - 1;
    at = end;
  }
}

/** Where the object or array that begins at a place ends. Undefined: nowhere before `limit`. */
function valueEnd(text: string, start: number, limit: number): number | undefined {
  let depth = 0;
  let inText = false;
  for (let at = start; at < limit; at++) {
    const char = text[at];
    if (inText) {
      if (char === '\\') at++;
      else if (char === '"') inText = false;
      else if (char === '\n') return undefined; // JSON has none in its texts
    } else if (char === '"') inText = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
  }
  return undefined;
}

import { attributeMap, isJsonObject, parseJson } from '../../testing/item-json.ts';
import { usageError } from '../errors/cli-error.ts';
import { jsonProblem } from '../errors/json-problem.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { readText } from '../read-text.ts';
import type { CliIo } from '../terminal/io.ts';
import { type Attributes, typedMap } from './attribute-value.ts';

/** The flags of every command that writes items. */
export interface ItemFlags extends ConnectionFlags {
  /** `--item` of put, `--key` of update and delete. */
  readonly item?: readonly string[];
  readonly key?: readonly string[];
  readonly file?: readonly string[];
  readonly dynamodbJson?: true;
}

/** An item, and where it was given. */
export interface GivenItem {
  readonly attributes: Attributes;
  /** `item 2`, `items.ndjson, item 3`. */
  readonly name: string;
}

/**
 * Reads the items of a command line, and those of files. Nothing has been written by then.
 *
 * @param flag the flag of a single item, for messages
 * @throws CliError
 */
export async function readItems(
  given: readonly string[],
  { item = [], key = [], file = [], dynamodbJson }: ItemFlags,
  flag: '--item' | '--key',
  io: CliIo,
): Promise<readonly GivenItem[]> {
  const texts = [...given, ...item, ...key];
  if (texts.length === 0 && file.length === 0) {
    throw usageError(
      `${flag === '--item' ? 'An item' : 'A key'} is missing. Give it as JSON, '{"id":"1"}', or name a file with --file; - is stdin.`,
    );
  }
  const isTyped = dynamodbJson === true;
  const read = (value: unknown, name: string): GivenItem => ({
    attributes: attributesOf(value, name, isTyped),
    name,
  });
  const items = texts.map((text, index) =>
    read(jsonOf(text, flag), texts.length === 1 ? flag : `${flag} ${index + 1}`),
  );
  for (const path of file) {
    const name = path === '-' ? 'stdin' : path;
    const values = valuesOf(await readText(path, name, io), name, isTyped);
    if (values.length === 0)
      throw usageError(`${name} has no items. Write one as JSON, or one for each line.`);
    for (const [index, value] of values.entries()) items.push(read(value, `${name}, item ${index + 1}`));
  }
  return items;
}

function jsonOf(text: string, flag: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw usageError(
      `${flag} is not JSON: ${jsonProblem(text, cause)}. Quote it for the shell: ${flag} '{"id":"1"}'.`,
      cause,
    );
  }
}

/** One item, a list of them, or one a line; of DynamoDB JSON, what `aws dynamodb scan` and an export print as well. */
function valuesOf(text: string, name: string, isTyped: boolean): readonly unknown[] {
  const whole = parsed(text);
  if ('value' in whole) return listOf(whole.value, isTyped);
  const values: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = parsed(line);
    if ('value' in read) {
      values.push(...listOf(read.value, isTyped));
      continue;
    }
    // When no line before it is JSON, it begins an item or a list on several lines.
    const problem =
      values.length === 0 ? jsonProblem(text, whole.thrown) : jsonProblem(line, read.thrown, index + 1);
    throw usageError(
      `${name} is not JSON: ${problem}. Expected one item, a list of items, or one item for each line.`,
      read.thrown,
    );
  }
  return values;
}

function parsed(text: string): { readonly value: unknown } | { readonly thrown: unknown } {
  try {
    return { value: parseJson(text) };
  } catch (thrown) {
    return { thrown };
  }
}

function listOf(value: unknown, isTyped: boolean): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isTyped || !isJsonObject(value)) return [value];
  if (Array.isArray(value.Items)) return value.Items;
  // An attribute has an object with its type; the item of an export has attributes.
  const { Item } = value;
  return isJsonObject(Item) && Object.values(Item).every(isJsonObject) ? [Item] : [value];
}

function attributesOf(value: unknown, name: string, isTyped: boolean): Attributes {
  if (!isJsonObject(value)) throw usageError(`${name} has to be a JSON object: '{"id":"1"}'.`);
  if (!isTyped) return attributeMap(value);
  try {
    return typedMap(value);
  } catch (cause) {
    throw usageError(`${name} is not DynamoDB JSON: ${(cause as Error).message}.`, cause);
  }
}

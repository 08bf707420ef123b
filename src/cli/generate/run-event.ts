import type { DynamoDBRecord } from 'aws-lambda';
import { isMembers } from '../../options/check.ts';
import type { AnyItem } from '../../record/stream-record.ts';
import { type AnyTable, isTable } from '../../table/table.ts';
import { type TestStream, testStream } from '../../testing/test-stream.ts';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { type ExportKind, loadExport, requireModulePath } from '../load-handler.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface EventFlags {
  readonly tableModule?: string;
  readonly keys?: string;
  readonly table?: string;
  readonly item?: readonly string[];
  readonly set?: readonly string[];
  readonly insert?: string;
  readonly modify?: string;
  readonly remove?: string;
}

type Item = Readonly<Record<string, unknown>>;

// A batch of Lambda has no more records.
const MAX_RECORDS = 10_000;

/** Writes an event of a stream. */
export const runEvent: RunCommand<EventFlags> = async ({ io }, _args, flags) => {
  const counts = countsOf(flags);
  const given = (flags.item ?? []).map(itemOf);
  const set = Object.fromEntries((flags.set ?? []).map(assignmentOf));
  const { stream, keys } = await streamOf(flags);
  const item = (index: number): AnyItem => numbered(given, keys, index);
  const records: DynamoDBRecord[] = [
    ...times(counts.insert, (index) => stream.insert(item(index))),
    ...times(counts.modify, (index) => {
      const before = item(index);
      return stream.modify(before, { ...before, ...(flags.set === undefined ? { version: 2 } : set) });
    }),
    ...times(counts.remove, (index) => stream.remove(item(index))),
  ];
  await writeLines(io.stdout, ...JSON.stringify(stream.event(records), undefined, 2).split('\n'));
  return EXIT.ok;
};

const TABLE: ExportKind = { noun: 'table', fits: isTable };

async function streamOf(
  flags: EventFlags,
): Promise<{ stream: TestStream<AnyItem>; keys: readonly string[] }> {
  const { tableModule, keys = 'id', table: name } = flags;
  if (tableModule === undefined) {
    const names = keys.split(',').map((key) => key.trim());
    return {
      stream: testStream({ keys: names as [string], ...(name !== undefined && { name }) }),
      keys: names,
    };
  }
  if (flags.keys !== undefined || name !== undefined) {
    throw usageError('The table of --table-module has its own keys and name. Leave out --keys and --table.');
  }
  requireModulePath(tableModule);
  const table = await loadExport(tableModule, undefined, TABLE);
  if (!isTable(table)) {
    throw usageError(`${tableModule} is not a table. Name an export that defineTable returned.`);
  }
  return { stream: testStream(table as AnyTable as never) as TestStream<AnyItem>, keys: table.keys };
}

/** The item with a number: the first ones as they were given, further ones with other partition keys. */
function numbered(given: readonly Item[], keys: readonly string[], index: number): AnyItem {
  const made = Object.fromEntries(keys.map((key) => [key, `${key}-1`]));
  const items: readonly Item[] = given.length === 0 ? [{ ...made, version: 1 }] : given;
  const round = Math.floor(index / items.length);
  const item = items[index % items.length] as Item;
  if (round === 0) return item;
  const [name = ''] = keys;
  const key = item[name];
  const other = typeof key === 'number' ? key + round : `${key}`.replace(/(-1)?$/, `-${round + 1}`);
  return { ...item, [name]: other };
}

function times<Result>(count: number, make: (index: number) => Result): readonly Result[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function countsOf({
  insert,
  modify,
  remove,
}: EventFlags): Readonly<Record<'insert' | 'modify' | 'remove', number>> {
  const without = [insert, modify, remove].every((count) => count === undefined) ? '1' : '0';
  const counts = {
    insert: countOf('--insert', insert ?? without),
    modify: countOf('--modify', modify ?? without),
    remove: countOf('--remove', remove ?? without),
  };
  const sum = counts.insert + counts.modify + counts.remove;
  if (sum >= 1 && sum <= MAX_RECORDS) return counts;
  throw usageError(
    `An event has 1 to ${MAX_RECORDS} records, got ${sum}. Change --insert, --modify or --remove.`,
  );
}

function countOf(flag: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw usageError(`${flag} has to be a whole number, got ${text}.`);
}

function itemOf(text: string): Item {
  const item = parsed(text);
  if (isMembers(item)) return item as Item;
  throw usageError(`--item has to be a JSON object: --item '{"id":"1"}'.`);
}

function assignmentOf(text: string): readonly [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw usageError(`--set takes an attribute and its value, such as total=5, got ${text}.`);
  const value = text.slice(at + 1);
  return [text.slice(0, at), parsed(value) ?? value];
}

/** Undefined for text that is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

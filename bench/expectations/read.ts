import { readFile } from 'node:fs/promises';
import type { Expectation } from './expectation.ts';

const KINDS: Readonly<Record<keyof Expectation, string>> = {
  text: 'string',
  group: 'string',
  of: 'string',
  by: 'string',
  beyond: 'string',
  fact: 'string',
  limit: 'string',
  must: 'number',
  aim: 'number',
  unit: 'string',
  exact: 'boolean',
  optional: 'boolean',
};
const OPTIONAL = ['by', 'beyond', 'fact', 'exact', 'optional'];

/**
 * Reads expectations from a file, a JSON array in the form of table.ts.
 *
 * @throws TypeError when an entry is not one
 */
export async function readExpectations(path: string): Promise<Expectation[]> {
  const entries: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!Array.isArray(entries)) throw new TypeError(`${path}: expected an array of expectations`);
  return entries.map((entry, index) => {
    const fault = faultOf(entry);
    if (fault !== undefined) throw new TypeError(`${path}: entry ${index}: ${fault}`);
    return entry as Expectation;
  });
}

function faultOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return 'expected an object';
  const unknown = Object.keys(entry).find((name) => !Object.hasOwn(KINDS, name));
  if (unknown !== undefined) return `${unknown} is not a field of an expectation`;
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = (entry as Record<string, unknown>)[name];
    if (value === undefined && OPTIONAL.includes(name)) continue;
    if (typeof value !== kind) return `${name} has to be a ${kind}, got ${typeof value}`;
  }
  const { limit } = entry as Expectation;
  return limit === 'at least' || limit === 'at most' ? undefined : "limit has to be 'at least' or 'at most'";
}

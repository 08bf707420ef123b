import type { ShownRecord } from '../protocol/events.ts';
import { valueText } from './value-text.ts';

const MAX_CHARACTERS = 200;

/** Writes the key of an item: its values, partition key first, with a slash between them. */
export function keyText({ keys = {} }: ShownRecord, keyNames: readonly string[]): string {
  const names = [...keyNames.filter((name) => Object.hasOwn(keys, name)), ...Object.keys(keys)];
  return [...new Set(names)]
    .map((name) => valueText(keys[name], MAX_CHARACTERS).replace(/^"(.*)"$/, '$1'))
    .join(' / ');
}

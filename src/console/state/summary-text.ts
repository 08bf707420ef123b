import type { ShownRecord } from '../protocol/events.ts';
import { differencesOf } from './diff.ts';
import { valueText } from './value-text.ts';

const MAX_PARTS = 4;
const MAX_CHARACTERS = 40;

/** Writes a change in one line: `status: "OPEN" → "PAID"`. */
export function summaryText(record: ShownRecord): string {
  const { keys = {}, oldImage, newImage, isExpired } = record;
  if (oldImage === undefined && newImage === undefined) return isExpired ? 'expired' : '';
  const parts = differencesOf(oldImage, newImage)
    .filter(({ path, kind }) => kind !== 'same' && !Object.hasOwn(keys, path))
    .map(({ path, kind, before, after }) => {
      const [from, to] = [valueText(before, MAX_CHARACTERS), valueText(after, MAX_CHARACTERS)];
      // With one image, all attributes are new, or all are gone.
      if (oldImage === undefined || newImage === undefined) return `${path}: ${from}${to}`;
      if (kind === 'added') return `+ ${path}: ${to}`;
      return kind === 'removed' ? `− ${path}: ${from}` : `${path}: ${from} → ${to}`;
    });
  const shown = parts.slice(0, MAX_PARTS);
  if (parts.length > MAX_PARTS) shown.push(`… ${parts.length - MAX_PARTS} more`);
  if (isExpired) shown.unshift('expired');
  return shown.join(', ');
}

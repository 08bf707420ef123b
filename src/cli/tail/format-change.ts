import type { Change } from '../../record/changes.ts';
import type { EventName } from '../../record/stream-record.ts';
import type { Format, Style } from '../terminal/style.ts';
import type { TailedChange } from './change.ts';

const EVENT: Readonly<Record<EventName, Format>> = { INSERT: 'green', MODIFY: 'yellow', REMOVE: 'red' };

const SIGN: Readonly<Record<Change['kind'], { readonly sign: string; readonly format: Format }>> = {
  added: { sign: '+', format: 'green' },
  removed: { sign: '-', format: 'red' },
  changed: { sign: '~', format: 'yellow' },
};

/**
 * One change for people: when, what, which item, and a line for each difference.
 *
 * ```text
 * 12:09:36 MODIFY invoiceId="INV-1"
 *   ~ status  "OPEN" -> "PAID"
 *   + paidBy  "card"
 * ```
 */
export function formatChange(change: TailedChange, style: Style): readonly string[] {
  const { eventName, keys, expired, at } = change;
  const item = Object.entries(keys).map(([name, value]) => `${name}=${text(value)}`);
  const head = [
    style('dim', timeOf(at)),
    style(EVENT[eventName], eventName.padEnd(6)),
    style('bold', item.join(' ')),
    ...(expired ? [style('dim', '(expired)')] : []),
  ];
  return [head.join(' '), ...linesOf(change, style)];
}

function linesOf({ changes, keys, oldImage, newImage }: TailedChange, style: Style): readonly string[] {
  if (changes === undefined) {
    // The stream does not carry both images: the image that it carries is shown, without a difference.
    const image = Object.entries(newImage ?? oldImage ?? {}).filter(([name]) => !Object.hasOwn(keys, name));
    return inColumns(image.map(([path, value]) => ({ sign: ' ', path, rest: text(value) })));
  }
  // The keys stand in the head.
  const shown = changes.filter(({ path }) => !Object.hasOwn(keys, path));
  return inColumns(
    shown.map(({ kind, path, before, after }) => ({
      sign: style(SIGN[kind].format, SIGN[kind].sign),
      path,
      rest: [
        ...(kind === 'added' ? [] : [style('red', text(before))]),
        ...(kind === 'removed' ? [] : [style('green', text(after))]),
      ].join(style('dim', ' -> ')),
    })),
  );
}

function inColumns(
  lines: readonly { readonly sign: string; readonly path: string; readonly rest: string }[],
): readonly string[] {
  const width = Math.max(0, ...lines.map(({ path }) => path.length));
  return lines.map(({ sign, path, rest }) => `  ${sign} ${path.padEnd(width)}  ${rest}`);
}

/** One change for programs: the same fields for each, absent ones left out. */
export function jsonOfChange(change: TailedChange): string {
  return text({ ...change, at: change.at.toISOString() });
}

function timeOf(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => `${part}`.padStart(2, '0'))
    .join(':');
}

/** A value as JSON: sets as lists, binary as base64, numbers with all their digits. */
function text(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (part instanceof Set) return [...part];
    return part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part;
  });
}

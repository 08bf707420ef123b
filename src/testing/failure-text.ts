import { partOf } from '../failure/content-free-cause.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { jsonValue } from '../sinks/message/message-text.ts';
import type { RecordFailure } from './deliver.ts';

/** A message shows so many, as a batch may have thousands. */
const MAX_SHOWN = 10;
/** Errors that wrap others are shown so deep. */
const MAX_CAUSES = 3;

/**
 * Writes failures for a person: the record's key, the thrown error, and where it was thrown. Attempts that failed alike are one entry.
 *
 * ```text
 *   customerId="C-7" invoiceId="INV-1", 3 times: Error: a total below zero
 *       at src/handler.ts:4:39
 * ```
 */
export function failureText(failures: readonly RecordFailure[]): string {
  const entries = failures.map(({ keys, error }) => ({ name: keyText(keys), reason: reasonText(error) }));
  const groups = Map.groupBy(entries, ({ name, reason }) => JSON.stringify([name, reason]));
  return listed(
    [...groups.values()].map((group) => {
      const [{ name, reason }] = group as [(typeof entries)[0]];
      return `${name}${group.length === 1 ? '' : `, ${group.length} times`}: ${reason}`;
    }),
  );
}

/** Writes what a function threw, as {@link failureText} does. */
export function errorsText(errors: readonly unknown[]): string {
  const groups = Map.groupBy(errors.map(thrownReason), (reason) => reason);
  return listed(
    [...groups].map(([reason, { length }]) => (length === 1 ? reason : `${length} times: ${reason}`)),
  );
}

/** Writes the thrown value, where it was thrown, and its causes. */
export function thrownReason(thrown: unknown): string {
  const lines: string[] = [];
  let error = thrown;
  for (let depth = 0; depth <= MAX_CAUSES; depth++) {
    lines.push(`${depth === 0 ? '' : '    caused by '}${thrownText(error)}`);
    const place = placeOf(error);
    if (place !== undefined) lines.push(`    at ${place}`);
    error = partOf(error, 'cause');
    if (error === undefined) break;
  }
  return lines.join('\n');
}

function reasonText(error: unknown): string {
  return error === undefined
    ? 'the response names it, and nothing was thrown for it: the deadline came first, or the handler reports it'
    : thrownReason(error);
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, MAX_SHOWN);
  const more = texts.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  return shown.map((text) => `  ${text.replaceAll('\n', '\n  ')}`).join('\n');
}

function keyText(keys: RecordFailure['keys']): string {
  const parts = Object.entries(keys).map(([name, value]) => `${name}=${JSON.stringify(value, jsonValue)}`);
  return parts.length === 0 ? 'a record without Keys' : parts.join(' ');
}

/** The first frame of the user's own code: not of Node, and not of a package. */
function placeOf(error: unknown): string | undefined {
  const stack = partOf(error, 'stack');
  if (typeof stack !== 'string') return undefined;
  const places = stack
    .split('\n')
    .flatMap(
      (line) =>
        /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*:\d+:\d+|[A-Za-z]:\\[^()]*:\d+:\d+)\)?$/.exec(line)?.[1] ??
        [],
    );
  return places
    .find((place) => !/[\\/]node_modules[\\/]/.test(place))
    ?.replace(/^file:\/\//, '')
    .replace(`${process.cwd()}/`, '');
}

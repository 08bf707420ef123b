import { inspect } from 'node:util';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const MAX_CHARACTERS = 300;

/**
 * Keeps the fields of an entry on the line of its message, as `console.warn(message, fields)` of streamlane writes them. The
 * console itself breaks an object of more than 72 characters into a line for each member.
 */
export function oneLineEntries(target: Pick<Console, (typeof LEVELS)[number]>): void {
  for (const level of LEVELS) {
    const write = target[level].bind(target);
    target[level] = (...args: readonly unknown[]) => {
      const entry = entryOf(args);
      write(...(entry === undefined ? args : [entry]));
    };
  }
}

function entryOf([message, fields, ...others]: readonly unknown[]): string | undefined {
  if (typeof message !== 'string' || message.includes('%') || others.length > 0) return undefined;
  if (typeof fields !== 'object' || fields === null) return undefined;
  const text = inspect(fields, { breakLength: Number.POSITIVE_INFINITY });
  // Such as the stack of an error.
  return text.includes('\n') || text.length > MAX_CHARACTERS ? undefined : `${message} ${text}`;
}

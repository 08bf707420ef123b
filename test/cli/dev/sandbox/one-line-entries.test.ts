import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { oneLineEntries } from '../../../../src/cli/dev/sandbox/one-line-entries.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** A console that keeps what it is given. */
function keptConsole() {
  const calls: unknown[][] = [];
  const write = (...args: unknown[]): void => void calls.push(args);
  const target = { debug: write, info: write, warn: write, error: write };
  oneLineEntries(target);
  return { target, calls };
}

const FIELDS = {
  eventID: '1f3a5c7e9b0d2f4681a3c5e7f9b1d3f5',
  eventName: 'MODIFY',
  sequenceNumber: '400000000000000000003',
  tableName: 'Invoices',
};

test.each(LEVELS)('the fields of an entry of %s are on the line of its message', (level) => {
  expect(inspect(FIELDS)).toContain('\n');
  const { target, calls } = keptConsole();
  target[level]('Deadline reached', FIELDS);
  expect(calls).toEqual([
    [
      "Deadline reached { eventID: '1f3a5c7e9b0d2f4681a3c5e7f9b1d3f5', eventName: 'MODIFY', " +
        "sequenceNumber: '400000000000000000003', tableName: 'Invoices' }",
    ],
  ]);
});

describe('the console writes unchanged', () => {
  test.each<[string, unknown[]]>([
    ['text alone', ['text']],
    ['a value that is not an object', ['text', 'more']],
    ['null', ['text', null]],
    ['an object without a message', [FIELDS]],
    ['more than two values', ['text', FIELDS, FIELDS]],
    ['a message with a placeholder', ['%s', FIELDS]],
    ['an error, whose stack has lines', ['text', { ...FIELDS, error: new Error('broken') }]],
    ['a long object', ['text', { text: 'x'.repeat(300) }]],
  ])('%s', (_name, args) => {
    const { target, calls } = keptConsole();
    target.warn(...args);
    expect(calls).toEqual([args]);
  });
});

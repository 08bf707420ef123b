import { channel } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { publishedFailures } from '../../../../src/cli/dev/sandbox/published-failures.ts';
import { streamRouter } from '../../../../src/index.ts';
import { deadLetter } from '../../../../src/middleware/dead-letter.ts';
import { contextOf, eventOf, sequenceNumberAt } from '../../../fixtures/events.ts';

const failures = channel('streamlane:record-failed');

/** A console, and what it wrote. */
function consoleOf() {
  const written: unknown[][] = [];
  const write = (...args: unknown[]): void => void written.push(args);
  return { written, error: write, warn: write };
}

test('failures are taken once, with the thrown value as it crosses to another thread', async () => {
  const { take } = publishedFailures(consoleOf());
  await streamRouter({ logger: false }).onInsert(() => {
    throw 'text';
  })(eventOf({}), contextOf());
  expect(take()).toEqual([
    {
      sequenceNumber: sequenceNumberAt(0),
      deadLettered: false,
      error: { name: 'Error', message: 'The handler threw text.', stack: '' },
    },
  ]);
  expect(take()).toEqual([]);
});

test('dead letters are marked', async () => {
  const { take } = publishedFailures(consoleOf());
  await streamRouter({ logger: false })
    .use(deadLetter({ target: 'memory', send: async () => {} }, { when: () => true }))
    .onInsert(() => {
      throw new Error('no');
    })(eventOf({}), contextOf());
  expect(take()).toMatchObject([{ deadLettered: true, error: { message: 'no' } }]);
});

test.each([
  ['compact', 0],
  ['indented', 4],
])(
  'the entry of a logger that writes %s JSON about a failure is not written again, all others are',
  async (_name, indent) => {
    const written: unknown[] = [];
    const output = { write: (text: unknown) => written.push(text) > 0 };
    const { take } = publishedFailures(consoleOf(), [output as never]);
    failures.publish({ sequenceNumber: '17', outcome: 'failed', error: new RangeError('no') });
    const entry = (fields: object): string =>
      `${JSON.stringify({ level: 'ERROR', ...fields }, undefined, indent)}\n`;
    const error = { name: 'RangeError', message: 'no', stack: 's' };
    const others: unknown[] = [
      entry({ sequenceNumber: '18', error }),
      entry({ sequenceNumber: '17', error: { message: 'another' } }),
      entry({ sequenceNumber: '17', error: null }),
      entry({ sequenceNumber: '17', error: 'no' }),
      entry({ nested: { sequenceNumber: '17', error } }),
      'the record "17" failed\n',
      '{"17"\n',
      '{"17" }\n',
      Buffer.from(entry({ sequenceNumber: '17', error })),
    ];
    expect(output.write(entry({ sequenceNumber: '17', error }))).toBe(true);
    // A stream tells when a piece is out.
    await new Promise<void>((resolve) => {
      (output.write as (text: string, done: () => void) => boolean)(
        entry({ sequenceNumber: '17', error }),
        resolve,
      );
    });
    for (const other of others) output.write(other);
    expect(written).toEqual(others);
    take();
    output.write(entry({ sequenceNumber: '17', error }));
    expect(written).toHaveLength(others.length + 1);
  },
);

test.each(['error', 'warn'] as const)(
  'an entry of console.%s about a failure is not written again, all others are',
  (level) => {
    const target = consoleOf();
    const { take } = publishedFailures(target);
    const error = new Error('no');
    const thrown = { sequenceNumber: '2', error: undefined };
    failures.publish({ sequenceNumber: '1', outcome: 'failed', error });
    failures.publish({ ...thrown, outcome: 'failed' });
    const others: unknown[][] = [
      [],
      ['Record failed'],
      ['Record failed', null],
      ['Record failed', 'text'],
      ['Record failed', { sequenceNumber: '1', error: new Error('no') }],
      ['Record failed', { sequenceNumber: '3', error }],
      ['Record failed', { sequenceNumber: '2' }],
      [error],
    ];
    target[level]('whatever it says', { sequenceNumber: '1', error });
    target[level]('Record failed', thrown);
    for (const args of others) target[level](...args);
    expect(target.written).toEqual(others);
    take();
    // It belongs to an invocation that has ended.
    target[level]('Record failed', { sequenceNumber: '1', error });
    expect(target.written).toHaveLength(others.length + 1);
  },
);

test('failures of invocations that overlap are taken apart', async () => {
  const { take, within } = publishedFailures(consoleOf());
  const fail = async (sequenceNumber: string, ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    failures.publish({ sequenceNumber, outcome: 'failed', error: new Error('no') });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return take().map((failure) => failure.sequenceNumber);
  };
  const taken = await Promise.all([within(() => fail('1', 3)), within(() => fail('2', 1))]);
  expect(taken).toEqual([['1'], ['2']]);
  expect(take()).toEqual([]);
});

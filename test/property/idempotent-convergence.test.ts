// What docs/exactly-once.md says about convergence with idempotent.
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type IdempotentOptions, idempotent } from '../../src/middleware/idempotent.ts';
import { contextOf, eventOf, memoryLogger } from '../fixtures/events.ts';
import { NoteStore, type Notes } from '../fixtures/note-store.ts';

const NOT_FAILED = { batchItemFailures: [] };

/** Two changes of one item: their sequence numbers end in 1 and 2. */
const SHARD = eventOf({ id: 'x' }, { id: 'x' });

let notes: Notes;
let completed: number[];
let failing: boolean;

beforeEach(() => {
  [notes, completed, failing] = [new Map(), [], false];
});

/** A new sandbox. Its dead letters take every failure. The first change fails while `failing` is set. */
function sandbox(options: Partial<IdempotentOptions> = {}) {
  const persistenceStore = new NoteStore(notes, async () => {});
  return streamRouter({ logger: memoryLogger() })
    .use(deadLetter({ target: 'memory', send: async () => {} }, { when: () => true }))
    .use(idempotent({ persistenceStore, keyPrefix: 'copy', ...options }))
    .onInsert(({ sequenceNumber }) => {
      const change = Number(sequenceNumber.slice(-1));
      if (failing && change === 1) throw new Error('not yet');
      completed.push(change);
    });
}

describe('a copy that is rebuilt', () => {
  test('stays empty under the old key prefix', async () => {
    await sandbox()(SHARD, contextOf());
    completed.length = 0;
    expect(await sandbox()(SHARD, contextOf())).toEqual(NOT_FAILED);
    expect(completed).toEqual([]);
  });

  test('is filled under a new one', async () => {
    await sandbox()(SHARD, contextOf());
    completed.length = 0;
    expect(await sandbox({ keyPrefix: 'copy-2' })(SHARD, contextOf())).toEqual(NOT_FAILED);
    expect(completed).toEqual([1, 2]);
  });

  test('ends with an older change where the prefix changed between two changes of an item', async () => {
    const [first, second] = SHARD.Records.map((record) => ({ Records: [record] }));
    await sandbox()(first as typeof SHARD, contextOf());
    const renamed = sandbox({ keyPrefix: 'copy-2' });
    await renamed(second as typeof SHARD, contextOf());
    await renamed(SHARD, contextOf());
    expect(completed).toEqual([1, 2, 1]);
  });
});

test('a dead-lettered change that is delivered again completes after newer ones', async () => {
  failing = true;
  await sandbox()(SHARD, contextOf());
  failing = false;
  expect(await sandbox()(SHARD, contextOf())).toEqual(NOT_FAILED);
  expect(completed).toEqual([2, 1]);
});

describe('notes', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    { expiresAfterSeconds: 3600, after: [1, 2, 1] },
    { expiresAfterSeconds: 86_400, after: [1, 2] },
  ])(
    'that last $expiresAfterSeconds seconds, and a rewind in which the older one has ended',
    async ({ expiresAfterSeconds, after }) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const config = new IdempotencyConfig({ expiresAfterSeconds });
      const [first, second] = SHARD.Records.map((record) => ({ Records: [record] }));
      await sandbox({ config })(first as typeof SHARD, contextOf());
      vi.setSystemTime(Date.now() + 1_800_000);
      await sandbox({ config })(second as typeof SHARD, contextOf());
      vi.setSystemTime(Date.now() + 2_400_000);
      expect(await sandbox({ config })(SHARD, contextOf())).toEqual(NOT_FAILED);
      expect(completed).toEqual(after);
    },
  );
});

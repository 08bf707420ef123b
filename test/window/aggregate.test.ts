import { describe, expect, test, vi } from 'vitest';
import type { RecordContext } from '../../src/batch/record-context.ts';
import type { LazyRecord } from '../../src/record/lazy-record.ts';
import { Aggregate } from '../../src/window/aggregate.ts';

const record = {} as LazyRecord;
const context = {} as RecordContext;

describe('a sealed state', () => {
  test('takes no further record', () => {
    const reduce = vi.fn();
    const aggregate = new Aggregate(reduce, { n: 0 }, '{"n":1}', context);
    expect(aggregate.seal()).toEqual({ text: '{"n":1}', counted: 0, since: [] });
    expect(aggregate.add(record)).toBeUndefined();
    expect(reduce).not.toHaveBeenCalled();
  });

  test('stays unchanged when a record that was being counted settles', async () => {
    const aggregate = new Aggregate(async () => ({ n: 2 }), { n: 0 }, '{"n":1}', context);
    const adding = aggregate.add(record);
    const sealed = aggregate.seal();
    await adding;
    expect([sealed, aggregate.seal()]).toEqual([
      { text: '{"n":1}', counted: 0, since: [] },
      { text: '{"n":1}', counted: 0, since: [] },
    ]);
  });

  test.each<[string, unknown]>([
    ['an array with a promise', [Promise.resolve()]],
    ['a promise of one', Promise.resolve([Promise.resolve()])],
  ])('has no record for which reduce returned %s', async (_, result) => {
    const aggregate = new Aggregate(() => result, { n: 0 }, '{"n":1}', context);
    const adding = async () => aggregate.add(record);
    await expect(adding()).rejects.toMatchObject({ code: 'INVALID_RESULT' });
    expect(aggregate.seal()).toEqual({ text: '{"n":1}', counted: 0, since: [] });
  });
});

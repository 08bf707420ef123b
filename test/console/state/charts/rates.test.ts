import { expect, test } from 'vitest';
import { Rates } from '../../../../src/console/state/charts/rates.ts';
import { shown } from '../events.ts';
import { ended, eventAt, type Fields, started } from '../timeline/events.ts';

// Record 1 was made in second 1, record 2 in second 2, and so on.
const recordOf = (number: number) => (number > 100 ? undefined : shown(number, { createdAt: number }));

const checkpoint = (at: number, records: readonly (readonly number[])[], shardId = 's'): Fields => ({
  event: 'checkpoint',
  at,
  records,
  shardId,
});

function ratesOf(...events: readonly Fields[]): Rates {
  const rates = new Rates();
  for (const event of events) rates.take(eventAt(event), recordOf);
  return rates;
}

test('the lag is the age of the last record when its invocation begins, the worst one of each second', () => {
  const rates = ratesOf(started(10_500, 'a', [[1, 9]]), started(10_700, 'b', [[1, 8]]));
  const { seconds, values } = rates.columns('lag', ['s'], 12_000, 3);
  expect(seconds).toEqual([9, 10, 11]);
  expect(values[0]?.[0]).toBeNull();
  expect(values[0]?.[1]).toBeCloseTo(2.7);
  expect(values[0]?.[2]).toBeNull();
  expect(rates.latest(12_000)[0]?.lag).toBeCloseTo(2.7);
});

test.each([
  ['a record of the future', [[20, 20]], 0],
  ['a record that is no longer kept', [[200, 200]], undefined],
  ['no record', [], undefined],
])('%s: the lag is never below 0, or is unknown', (_, records, lag) => {
  expect(ratesOf(started(10_000, 'a', records as never)).latest(11_000)[0]?.lag).toBe(lag);
});

test('throughput counts records that are processed, and errors count failed invocations, for each shard', () => {
  const rates = ratesOf(
    checkpoint(1000, [
      [1, 10],
      [12, 12],
    ]),
    checkpoint(1900, [[13, 13]]),
    checkpoint(2000, [[14, 15]], 't'),
    ended(1100, 'a', 'failed'),
    ended(1200, 'b', 'partial'),
    ended(1300, 'c', 'succeeded'),
    ended(1400, 'd', 'throttled'),
    { event: 'state', at: 1500, state: 'Enabled' },
  );
  expect(rates.shardIds).toEqual(['s', 't']);
  expect(rates.columns('throughput', ['s', 't', 'unknown'], 3000, 2).values).toEqual([
    [12, 0],
    [0, 2],
    [0, 0],
  ]);
  expect(rates.columns('errors', ['s'], 3000, 2).values).toEqual([[2, 0]]);
  expect(rates.latest(2500)).toEqual([
    { shardId: 's', lag: undefined, throughput: 12, errors: 2 },
    { shardId: 't', lag: undefined, throughput: 0, errors: 0 },
  ]);
});

test('ten minutes are kept', () => {
  const rates = ratesOf(...Array.from({ length: 700 }, (_, second) => checkpoint(second * 1000, [[1, 1]])));
  const [values] = rates.columns('throughput', ['s'], 700_000, 700).values;
  expect(values?.filter((count) => count === 1)).toHaveLength(600);
});

import { expect, test } from 'vitest';
import { broken, check } from '../../bench/expectations/check.ts';
import type { Expectation } from '../../bench/expectations/expectation.ts';
import { EXPECTATIONS } from '../../bench/expectations/table.ts';
import { MEASURES } from '../../bench/measures/index.ts';
import type { Group } from '../../bench/run/group.ts';

const group: Group = {
  id: 'race/short',
  title: 'A race',
  unit: 'ms',
  notes: [],
  results: {
    hare: { median: 10, lowerQuartile: 9, upperQuartile: 11, samples: 3, facts: { naps: 1 } },
    tortoise: { median: 40, lowerQuartile: 39, upperQuartile: 41, samples: 3, facts: {} },
    mouse: { median: 5, lowerQuartile: 4, upperQuartile: 6, samples: 3, facts: {} },
  },
};

const faster: Expectation = {
  text: 'the hare is faster',
  group: 'race/short',
  of: 'tortoise',
  by: 'hare',
  limit: 'at least',
  must: 3,
  aim: 5,
  unit: 'x faster',
};

function verdictOn(change: Partial<Expectation>, slack = 0) {
  const [verdict] = check([{ ...faster, ...change }], [group], slack);
  return [verdict?.measured, verdict?.word];
}

test.each<[string, Partial<Expectation>, number | undefined, string]>([
  ['a ratio that reaches its aim', { aim: 4 }, 4, 'aim reached'],
  ['one that reaches its must', {}, 4, 'must reached'],
  ['one that misses its must', { must: 4.1 }, 4, 'missed'],
  ['at most', { of: 'hare', by: 'tortoise', limit: 'at most', must: 0.3, aim: 0.2 }, 0.25, 'must reached'],
  ['a ratio beyond a third number', { beyond: 'mouse' }, 7, 'aim reached'],
  ['a ratio beyond a contender that did not run', { beyond: 'snail' }, undefined, 'not measured'],
  ['a fact that was not counted', { fact: 'naps' }, undefined, 'not measured'],
  ['a group that is not there', { group: 'race/long' }, undefined, 'not measured'],
  ['a contender that did not run', { of: 'snail' }, undefined, 'not measured'],
])('%s', (_, change, measured, word) => {
  expect(verdictOn(change)).toEqual([measured, word]);
});

test('without a by, the number itself is looked at', () => {
  const { by: _, ...alone } = faster;
  const [verdict] = check(
    [{ ...alone, of: 'hare', fact: 'naps', limit: 'at most', must: 0, aim: 0 }],
    [group],
    0,
  );
  expect([verdict?.measured, verdict?.word]).toEqual([1, 'missed']);
  const [beyond] = check([{ ...alone, beyond: 'mouse', must: 36, aim: 37 }], [group], 0);
  expect([beyond?.measured, beyond?.word]).toEqual([35, 'missed']);
});

test('slack forgives a little, and says so; an exact expectation gets none', () => {
  expect(verdictOn({ must: 5.9, aim: 7 }, 0.5)).toEqual([4, 'within slack']);
  expect(verdictOn({ must: 6.1, aim: 7 }, 0.5)).toEqual([4, 'missed']);
  expect(verdictOn({ must: 5.9, aim: 7, exact: true }, 0.5)).toEqual([4, 'missed']);
});

test('an optional expectation whose group was skipped does not break the check', () => {
  const skipped = { ...group, id: 'race/skipped', results: {}, notes: ['hare was skipped: no shoes'] };
  const optional = { ...faster, group: 'race/skipped', optional: true };
  const verdicts = check([optional, { ...optional, optional: false }], [group, skipped], 0);
  expect(verdicts.map(({ word }) => word)).toEqual(['skipped', 'not measured']);
  expect(broken(verdicts)).toHaveLength(1);
  expect(verdictOn({ of: 'snail', optional: true })).toEqual([undefined, 'not measured']);
});

test('an expectation that is missed or not measured breaks the check', () => {
  const verdicts = check([faster, { ...faster, must: 1_000 }, { ...faster, of: 'snail' }], [group], 0.5);
  expect(broken(verdicts).map(({ word }) => word)).toEqual(['missed', 'not measured']);
});

test.each([true, false])(
  'every expectation is about a group and names that are measured (quick: %s)',
  (quick) => {
    const plans = MEASURES.flatMap((measure) => measure.plans({ quick }));
    for (const { group, of, by, beyond } of EXPECTATIONS) {
      const names = plans.find(({ id }) => id === group)?.places.map(({ name }) => name);
      expect(names, group).toContain(of);
      for (const other of [by, beyond]) if (other !== undefined) expect(names, group).toContain(other);
    }
  },
);

test('no must is beyond its aim', () => {
  for (const { text, limit, must, aim } of EXPECTATIONS) {
    expect(limit === 'at least' ? must <= aim : must >= aim, text).toBe(true);
  }
});

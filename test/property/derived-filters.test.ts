import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from '../../src/conditions/compile-pattern.ts';
import {
  all,
  any,
  anythingBut,
  atLeast,
  between,
  type Condition,
  changed,
  contains,
  equalsIgnoreCase,
  eventPattern,
  exists,
  expired,
  matches,
  missing,
  not,
  oneOf,
  prefix,
  suffix,
  wildcard,
} from '../../src/index.ts';
import { routeFilters } from '../../src/mapping/derived/route-filters.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import { stored } from '../fixtures/stored-records.ts';

const RUNS = { numRuns: Number(process.env.FILTER_RUNS ?? 2000) };

type AnyCondition = Condition<LazyRecord>;

/** The conditions without their types: the attributes are drawn. */
const loose = { all, any, not, changed, matches, eventPattern } as unknown as {
  all(...conditions: AnyCondition[]): AnyCondition;
  any(...conditions: AnyCondition[]): AnyCondition;
  not(condition: AnyCondition): AnyCondition;
  changed(path: string | readonly string[], options?: object): AnyCondition;
  matches(pattern: object): AnyCondition;
  eventPattern(pattern: object): AnyCondition;
};

const text = fc.constantFrom('', 'a', 'A', 'ab', 'aab', 'PAID', 'paid', '5', '$or', 'É', 'é', 'K', '\u212a');
const number = fc.constantFrom(0, 5, -5, 1.5, 42n, 10n ** 25n);
const literal = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.constant(['a']),
  fc.constant(new Set(['a'])),
);

const { matcher } = fc.letrec((tie) => ({
  matcher: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    literal,
    text.map(prefix),
    text.map(suffix),
    text.map(equalsIgnoreCase),
    fc.constantFrom('a*', '*b', 'a', 'a\\*b', '*').map(wildcard),
    number.map((bound) => atLeast(bound)),
    text.map((bound) => atLeast(bound)),
    fc.constant(between(0, 10)),
    fc.constant(exists()),
    fc.constant(missing()),
    fc.array(tie('matcher'), { minLength: 1, maxLength: 3 }).map((some) => safely(() => oneOf(...some))),
    fc
      .array(tie('matcher'), { minLength: 1, maxLength: 3 })
      .map((some) => safely(() => anythingBut(...some))),
    literal.map((one) => contains(one)),
    fc.dictionary(fc.constantFrom('x', 'y'), tie('matcher'), { minKeys: 1, maxKeys: 2 }),
  ),
}));

function safely(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return exists();
  }
}

const path = fc.constantFrom(
  's',
  't',
  'm.x',
  'm.y',
  'l[0]',
  'l[0].x',
  '["a.b"]',
  '["$or"]',
  'prefix',
  'exists',
);
const part = fc.constantFrom('newImage', 'oldImage');
const pattern = fc.dictionary(path, matcher, { minKeys: 1, maxKeys: 2 });
const leafPattern = fc.oneof(
  text.map((one) => [one]),
  text.map((one) => [{ prefix: one }]),
  text.map((one) => [{ 'anything-but': [one] }]),
  fc.constantFrom([{ exists: true }], [{ exists: false }], [{ 'equals-ignore-case': 'paid' }]),
);
const eventPatternOf = fc
  .tuple(fc.constantFrom('S', 'N', 'SS'), leafPattern, fc.boolean())
  .map(([type, leaf, inList]) => ({
    dynamodb: { NewImage: inList ? { l: { L: { M: { x: { [type]: leaf } } } } } : { s: { [type]: leaf } } },
  }));

const { condition } = fc.letrec<{ condition: AnyCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(part, pattern).map(([image, where]) => tryMatches({ [image]: where })),
    fc.tuple(path, matcher).map(([one, to]) => tryChanged(one, { to })),
    fc.tuple(path, matcher, matcher).map(([one, from, to]) => tryChanged(one, { from, to })),
    fc.constant(loose.changed(['s', 't'])),
    fc.constant(expired as unknown as AnyCondition),
    eventPatternOf.map((one) => loose.eventPattern(one)),
    fc.boolean().map(
      (answer): AnyCondition =>
        () =>
          answer,
    ),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((some) => loose.all(...some)),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((some) => loose.any(...some)),
    tie('condition').map((one) => loose.not(one)),
  ),
}));

const tryMatches = (where: object): AnyCondition => {
  try {
    return loose.matches(where);
  } catch {
    return () => true;
  }
};
const tryChanged = (one: string, options: object): AnyCondition => {
  try {
    return loose.changed(one, options);
  } catch {
    return () => true;
  }
};

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S) => ({ S })),
  fc.constantFrom('0', '5', '-5', '1.5', '42', '10000000000000000000000000').map((N) => ({ N })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.array(text, { minLength: 1, maxLength: 2 }).map((SS) => ({ SS })),
);
const map = fc.dictionary(fc.constantFrom('x', 'y'), scalar).map((M) => ({ M }) as AttributeValue);
const value = fc.oneof(
  scalar,
  map,
  fc.array(fc.oneof(scalar, map), { maxLength: 2 }).map((L) => ({ L }) as AttributeValue),
);
const image = fc.dictionary(fc.constantFrom('s', 't', 'm', 'l', 'a.b', '$or', 'prefix', 'exists'), value);
const record = fc
  .record({
    eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
    newImage: image,
    oldImage: image,
    expired: fc.boolean(),
  })
  .map(({ eventName, newImage, oldImage, expired }) => {
    const record = stored({
      eventName,
      keys: { id: { S: '1' } },
      ...(eventName !== 'REMOVE' && { newImage }),
      ...(eventName !== 'INSERT' && { oldImage }),
    });
    if (expired && eventName === 'REMOVE')
      Object.assign(LazyRecord.rawOf(record), {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      });
    return record;
  });

/** A condition that fails lets the record fail: it has to arrive as well. */
function mayTake(one: AnyCondition, record: LazyRecord): boolean {
  try {
    return one(record);
  } catch {
    return true;
  }
}

test('derived filters remove no record that a route takes', () => {
  const counts = { taken: 0, removed: 0, filtered: 0, precisions: new Map<string, number>() };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), condition), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(record, { minLength: 1, maxLength: 10 }),
      (routes, records) => {
        const { patterns, precision } = routeFilters({
          routes: routes.map(([eventName, one]) => ({ eventName, entity: undefined, condition: one })),
          viewType: 'NEW_AND_OLD_IMAGES',
          keys: undefined,
          numbers: { areText: false },
          matchOf: undefined,
        });
        counts.precisions.set(precision, (counts.precisions.get(precision) ?? 0) + 1);
        const tests = patterns.map((one) => compilePattern(one));
        for (const record of records) {
          const passes = tests.length === 0 || tests.some((test) => test(LazyRecord.rawOf(record)));
          const isTaken = routes.some(
            ([eventName, one]) => eventName === record.eventName && mayTake(one, record),
          );
          if (isTaken) counts.taken++;
          if (!passes) counts.removed++;
          if (isTaken && !passes) expect.fail(JSON.stringify({ patterns, raw: LazyRecord.rawOf(record) }));
        }
      },
    ),
    RUNS,
  );
  console.log(counts);
  expect(counts.taken).toBeGreaterThan(RUNS.numRuns);
  expect(counts.removed).toBeGreaterThan(RUNS.numRuns);
});

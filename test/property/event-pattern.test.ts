import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from '../../src/conditions/compile-pattern.ts';
import { referenceMatches } from '../fixtures/reference-matcher.ts';

const NAMES = ['a', 'a-b', 'b', 'y', 'a.S'] as const;
const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom('1', '2', '3');

// Items of nested lists, maps and sets, in Lambda's shape.
const { value: attribute } = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'attribute', depthSize: 'small' },
    fc.record({ S: text }),
    fc.record({ SS: fc.array(text, { maxLength: 2 }) }),
    fc.record({ L: fc.array(fc.record({ M: tie('map') }), { maxLength: 3 }) }),
    fc.record({ M: tie('map') }),
  ),
  map: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}));
const recordOf = fc
  .dictionary(name, attribute, { minKeys: 1, maxKeys: 3 })
  .map((NewImage) => ({ eventName: 'MODIFY', dynamodb: { NewImage } }));

const alternative = fc.oneof(
  text,
  fc.constantFrom({ exists: true }, { exists: false }, { exists: false }),
  fc.record({ 'anything-but': text }),
  fc.record({ prefix: text }),
);
const alternatives = fc.array(alternative, { minLength: 1, maxLength: 2 });
const { fields } = fc.letrec<{ fields: object; attribute: object }>((tie) => ({
  attribute: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'pattern', depthSize: 'small' },
    fc.record({ S: alternatives }),
    fc.record({ SS: alternatives }),
    fc.record({ L: fc.record({ M: tie('fields') }) }),
    fc.record({ M: tie('fields') }),
  ),
  fields: fc.dictionary(fc.constantFrom('a', 'a-b', 'b', 'y', 'z'), tie('attribute'), {
    minKeys: 1,
    maxKeys: 2,
  }),
}));
const either = fc
  .tuple(fields, fields, fields, fc.boolean())
  .map(([one, other, all, inList]) =>
    inList ? { a: { L: { M: { ...all, $or: [one, other] } } } } : { $or: [one, other], ...all },
  );
const patternOf = fc.oneof(
  fields.map((NewImage) => ({ dynamodb: { NewImage } })),
  either.map((NewImage) => ({ dynamodb: { NewImage } })),
  fields.map((image) => ({ 'dynamodb.NewImage': image, eventName: ['MODIFY', 'INSERT'] })),
);

test('the matcher agrees with a slow one that tries every choice', { timeout: 120_000 }, () => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(patternOf, recordOf, (pattern, record) => {
      const expected = referenceMatches(pattern, record);
      seen[`${expected}`]++;
      expect(compilePattern(pattern as never)(record)).toBe(expected);
      expect(compilePattern(JSON.stringify(pattern))(record)).toBe(expected);
    }),
    { numRuns: Number(process.env.PATTERN_RUNS ?? 3000) },
  );
  // Neither verdict may be the rare one, or the runs would show little.
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(seen.false / 20);
});

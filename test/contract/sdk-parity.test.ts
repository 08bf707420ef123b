import { isDeepStrictEqual } from 'node:util';
import { unmarshall as sdkUnmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberReader, type ToNumber } from '../../src/unmarshall/numbers.ts';
import { unmarshall } from '../../src/unmarshall/unmarshall.ts';

type SdkMap = Extract<Parameters<typeof sdkUnmarshall>[0], Record<string, unknown>>;
type SdkValue = SdkMap[string];

const LEVELS = 32;
const toNumber = numberReader('number') as ToNumber;

/** Texts on which the SDK is right: integers of up to 38 digits, and decimals that it does not refuse. */
const numberText = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(String),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).map(String),
  fc.double({ min: -1e-7, max: 1e-7, noNaN: true }).map(String),
  fc.constantFrom('0', '-0', '-1e-130', '1E-130', '9007199254740993', '0.1234567890123456789012'),
);
// `__proto__` is where the SDK is wrong: see unmarshall.test.ts.
const name = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('constructor', 'toString', 'a.b', '', 'S', 'NULL', '0'),
  )
  .filter((candidate) => candidate !== '__proto__');
const text = fc.string({ unit: 'grapheme' });
const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const { value: anyValue } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ S: text }),
    fc.record({ N: numberText }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true }),
    fc.record({ B: base64 }),
    fc.record({ SS: fc.uniqueArray(text) }),
    fc.record({ NS: fc.uniqueArray(numberText) }),
    fc.record({ BS: fc.uniqueArray(base64) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 4 }) }),
    fc.record({ M: fc.dictionary(name, tie('value'), { maxKeys: 4 }) }),
  ) as fc.Arbitrary<AttributeValue>,
}));

/** An item whose attribute `deep` lies under 32 levels of maps and lists. */
const item = fc
  .tuple(
    fc.dictionary(name, anyValue, { maxKeys: 6 }),
    anyValue,
    fc.array(fc.boolean(), { minLength: LEVELS, maxLength: LEVELS }),
  )
  .map(([attributes, innermost, steps]) => ({
    ...attributes,
    deep: steps.reduce<AttributeValue>(
      (value, isMap) => (isMap ? { M: { next: value } } : { L: [{ S: 'before' }, value] }),
      innermost,
    ),
  }));

/** The same value as the SDK takes it: bytes where Lambda sends base64. */
function forSdk(value: AttributeValue): SdkValue {
  if (value.B !== undefined) return { B: Uint8Array.from(Buffer.from(value.B, 'base64')) };
  if (value.BS !== undefined)
    return { BS: value.BS.map((one) => Uint8Array.from(Buffer.from(one, 'base64'))) };
  if (value.L !== undefined) return { L: value.L.map(forSdk) };
  if (value.M !== undefined) return { M: mapForSdk(value.M) };
  return value as unknown as SdkValue;
}

function mapForSdk(map: Record<string, AttributeValue>): SdkMap {
  return Object.fromEntries(Object.entries(map).map(([attribute, value]) => [attribute, forSdk(value)]));
}

function countTypes(value: AttributeValue, types: Map<string, number>): void {
  for (const [type, content] of Object.entries(value)) {
    types.set(type, (types.get(type) ?? 0) + 1);
    if (type === 'L') for (const element of content) countTypes(element, types);
    if (type === 'M')
      for (const element of Object.values<AttributeValue>(content)) countTypes(element, types);
  }
}

test('items of every attribute type, 32 levels deep, come out as they do from the SDK', () => {
  const types = new Map<string, number>();
  fc.assert(
    fc.property(item, (map) => {
      for (const value of Object.values(map)) countTypes(value, types);
      const ours = unmarshall(map, toNumber);
      const theirs = sdkUnmarshall(mapForSdk(map));
      if (!isDeepStrictEqual(ours, theirs)) expect(ours).toStrictEqual(theirs);
      expect(isDeepStrictEqual(ours, theirs)).toBe(true);
    }),
    { numRuns: 1000 },
  );
  // The comparison means something only when every type took part.
  expect([...types.keys()].sort()).toEqual(['B', 'BOOL', 'BS', 'L', 'M', 'N', 'NS', 'NULL', 'S', 'SS']);
  for (const [type, count] of types) expect(count, type).toBeGreaterThan(100);
});

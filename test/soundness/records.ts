import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import type { StreamViewType } from '../../src/index.ts';
import { stepsOf } from '../../src/unmarshall/path.ts';
import { recordOf } from '../fixtures/events.ts';
import { ATTRIBUTES, type Hint, drawnText as text } from './conditions.ts';

const number = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('5', '0') },
  fc.constantFrom('-5', '1.5', '42', '100', '1000000000000000000000', '10000000000000000000000000'),
);
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 6, arbitrary: text.map((S) => ({ S })) },
  { weight: 3, arbitrary: number.map((N) => ({ N })) },
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.constant({ B: 'AQ==' }),
  { weight: 2, arbitrary: fc.constantFrom(['a'], ['a', 'ab']).map((SS) => ({ SS: [...SS] })) },
  fc.constantFrom(['5'], ['5', '42']).map((NS) => ({ NS: [...NS] })),
);
const map = fc.dictionary(fc.constantFrom('x', 'y'), scalar).map((M): AttributeValue => ({ M }));
const list = fc
  .oneof(
    fc.array(fc.oneof(scalar, map), { minLength: 1, maxLength: 3 }),
    fc.subarray<AttributeValue>([
      { S: 'a' },
      { S: 'ab' },
      { M: { x: { S: 'a' } } },
      { M: { x: { S: 'ab' } } },
    ]),
  )
  .map((L): AttributeValue => ({ L }));
const value = fc.oneof({ weight: 4, arbitrary: scalar }, map, list);
const image = fc
  .record({
    s: fc.option(scalar, { nil: undefined, freq: 5 }),
    l: fc.option(list, { nil: undefined, freq: 2 }),
    others: fc.dictionary(fc.constantFrom(...ATTRIBUTES), value, { minKeys: 2, maxKeys: 6 }),
  })
  .map(({ s, l, others }) => ({ ...others, ...(s && { s }), ...(l && { l }) }));

const keys = fc.record({
  pk: fc.constantFrom('C#1', 'a'),
  sk: fc.constantFrom('ORDER#1', 'ORDER#1#LINE#2', 'PROFILE', 'PAYMENT#1', 'order#1', 'a'),
});

const KIND: fc.Arbitrary<AttributeValue | undefined> = fc.constantFrom<AttributeValue | undefined>(
  undefined,
  { S: 'CUSTOMER' },
  { S: 'PAYMENT' },
  { S: 'REFUND' },
  { N: '5' },
);

type Image = Readonly<Record<string, AttributeValue>>;

/** An image with the values of hints. */
function hinted(image: Image, which: string, hints: readonly Hint[]): Image {
  const entries = hints
    .filter((hint) => hint.image === which)
    .map(({ path, value }) => {
      const [name, ...below] = stepsOf(path) as readonly (string | number)[];
      const inner = below.reduceRight<AttributeValue>(
        (held, step) => (typeof step === 'number' ? { L: [held] } : { M: { [step]: held } }),
        value,
      );
      return [name, inner] as const;
    });
  return { ...image, ...Object.fromEntries(entries) };
}

/** A record of a stream with a view type; sometimes of a table with other keys, often with values of hints. */
export function drawnRecord(viewType: StreamViewType, hints: readonly Hint[]): fc.Arbitrary<DynamoDBRecord> {
  return fc
    .record({
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'MODIFY', 'REMOVE'),
      keys,
      newImage: image,
      oldImage: image,
      applied: fc.subarray([...hints]),
      kind: KIND,
      kindBefore: KIND,
      otherKeys: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
      expired: fc.boolean(),
    })
    .map(({ eventName, keys, newImage, oldImage, applied, kind, kindBefore, otherKeys, expired }) => {
      const Keys = otherKeys
        ? { pk: { S: keys.pk }, other: { S: 'a' } }
        : { pk: { S: keys.pk }, sk: { S: keys.sk } };
      const raw = recordOf({ eventName, viewType });
      const complete = (attributes: object, kind: AttributeValue | undefined): object => ({
        ...attributes,
        ...Keys,
        ...(kind && { type: kind }),
      });
      const { NewImage, OldImage } = raw.dynamodb as NonNullable<DynamoDBRecord['dynamodb']>;
      Object.assign(raw.dynamodb as object, {
        Keys,
        ...(NewImage && { NewImage: complete(hinted(newImage, 'newImage', applied), kind) }),
        ...(OldImage && { OldImage: complete(hinted(oldImage, 'oldImage', applied), kindBefore) }),
      });
      if (expired && eventName === 'REMOVE') {
        raw.userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
      }
      return raw;
    });
}

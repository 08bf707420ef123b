import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuditedRecord, auditEntryOf } from '../../src/audit/audit-entry.ts';
import { type AuditOptions, auditTrail } from '../../src/audit/index.ts';
import { auditSettings } from '../../src/audit/options.ts';
import { processBatch } from '../../src/index.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { memorySink } from '../audit/memory-sink.ts';
import { referenceEntry } from '../audit/reference-entry.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

// Few names and values, so that the images have much in common; indexes, which objects list first, and a path too long to show.
const LONG = 'l'.repeat(490);
const NAMES = [
  'a',
  'b',
  'card',
  '10',
  '9',
  '01',
  '-1',
  'a.b',
  '',
  '__proto__',
  'constructor',
  'N',
  'M',
  LONG,
];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e0',
  '12.50',
  '0.1',
  '123456789012345678',
  '1e400',
  '-7',
  '.5',
  '007',
];

const scalar = fc.oneof(
  fc.constantFrom('', 'x', 'y').map((S): AttributeValue => ({ S })),
  fc.constantFrom(...NUMBERS).map((N): AttributeValue => ({ N })),
  fc.constantFrom('AQID', 'AAEC', '').map((B): AttributeValue => ({ B })),
  fc.boolean().map((BOOL): AttributeValue => ({ BOOL })),
  fc.constant<AttributeValue>({ NULL: true }),
  fc.shuffledSubarray(['x', 'y', 'z'], { minLength: 1 }).map((SS): AttributeValue => ({ SS })),
  fc
    .shuffledSubarray(['1', '1.5', '9007199254740993'], { minLength: 1 })
    .map((NS): AttributeValue => ({ NS })),
  fc.shuffledSubarray(['AQID', 'AAEC'], { minLength: 1 }).map((BS): AttributeValue => ({ BS })),
  // As some tools write values: with the members of other types.
  fc.constantFrom('x', '5').map((text) => ({ S: null, N: text === '5' ? text : '6' }) as never),
  fc.constantFrom<object>(
    { NULL: false, S: 'x' },
    { N: '5', S: 'x' },
    { L: [], M: { a: { S: 'x' } } },
    { L: [{ S: 'x' }], NULL: false },
  ) as fc.Arbitrary<AttributeValue>,
);
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((L): AttributeValue => ({ L })),
    imageOf(tie('value')).map((M): AttributeValue => ({ M })),
  ),
}));

type Image = Record<string, AttributeValue>;

function imageOf(values: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Image> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), values), { selector: ([name]) => name, maxLength: 6 })
    .map((entries) => Object.fromEntries(entries));
}

/** Images that share most of their attributes, in another order. */
const images = fc
  .record({ before: imageOf(value), after: imageOf(value), shared: imageOf(value), order: fc.boolean() })
  .map(({ before, after, shared, order }) => ({
    before: { ...shared, ...before } as Image,
    after: (order ? { ...after, ...shared } : { ...shared, ...after }) as Image,
  }));

const paths = fc.subarray(
  ['a', 'card', 'card.a', 'b.*', 'b[]', '*.a', 'a[0].b', '["a.b"]', '["10"]', `${LONG}.card.a`, 'card.b.N'],
  { maxLength: 3 },
);

const scenarios = fc.record({
  images,
  eventName: fc.constantFrom('INSERT', 'MODIFY', 'MODIFY', 'REMOVE'),
  redact: paths,
  omit: paths.map((chosen) => chosen.filter((path) => !path.endsWith(']') || path.endsWith('"]'))),
  actor: fc.option(fc.constantFrom('b', 'card.b', '["01"][0]', '["01"].length', '["-1"].text'), {
    nil: undefined,
  }),
  changes: fc.boolean(),
});

function recordFor({ images: { before, after }, eventName }: Scenario): DynamoDBRecord {
  return recordOf({
    eventName,
    id: 'a/b',
    ...(eventName !== 'INSERT' && { oldImage: before }),
    ...(eventName !== 'REMOVE' && { newImage: after }),
  });
}
type Scenario = typeof scenarios extends fc.Arbitrary<infer S> ? S : never;

test('an entry equals, byte for byte, the one that is made of both unmarshalled images', {
  timeout: PROPERTY_TIMEOUT_MS,
}, async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { actor, changes } = scenario;
      // An actor that is hidden is refused when the trail is made.
      const omit = actor === 'b' || actor === 'card.b' ? [] : scenario.omit;
      const redact = actor === 'b' || actor === 'card.b' ? [] : scenario.redact;
      const options = { redact, omit, changes, ...(actor !== undefined && { actor }) };
      const record = recordFor(scenario);
      const sink = memorySink();
      const audit = auditTrail(sink, options as AuditOptions & { changes: true });
      expect(await processBatch({ Records: [record] }, contextOf(), audit)).toEqual({
        batchItemFailures: [],
      });
      const expected = referenceEntry(record, options);
      if ((expected as { changes?: readonly object[] }).changes?.length) changed++;
      expect(JSON.stringify(sink.entries[0])).toBe(JSON.stringify(expected));
    }),
    runs(3000),
  );
  expect(changed).toBeGreaterThan(500);
});

/** Values that cannot be unmarshalled. */
const MALFORMED: readonly object[] = [
  {},
  { N: 'x' },
  { N: '' },
  { S: 5 },
  { M: [] },
  { L: {} },
  { BOOL: 'true' },
  { X: 'y' },
  { M: { a: { N: 'x' } } },
  { L: [{ NS: ['x'] }] },
];

function deep(levels: number): AttributeValue {
  return levels === 0 ? { S: 'x' } : { L: [deep(levels - 1)] };
}

function deepMap(levels: number): AttributeValue {
  return levels === 0 ? { S: 'x' } : { M: { a: deepMap(levels - 1) } };
}

const reading = { toNumber: String, viewType: 'NEW_AND_OLD_IMAGES' } as const;

test.each<[string, { before?: object; after?: object }]>([
  ...MALFORMED.flatMap((value): [string, { before?: object; after?: object }][] => [
    [`unchanged: ${JSON.stringify(value)}`, { before: { a: value }, after: { a: value } }],
    [`before: ${JSON.stringify(value)}`, { before: { a: value }, after: { a: { S: 'x' } } }],
    [`after: ${JSON.stringify(value)}`, { before: { a: { S: 'x' } }, after: { a: value } }],
    [`added: ${JSON.stringify(value)}`, { before: {}, after: { a: value } }],
    [`removed: ${JSON.stringify(value)}`, { before: { a: value }, after: {} }],
  ]),
  ['unchanged, nested too deep', { before: { a: deep(101) }, after: { a: deep(101) } }],
  ['maps nested too deep', { before: { a: deepMap(101) }, after: { a: deepMap(101) } }],
  ['added, nested too deep', { before: { b: { L: [] } }, after: { b: { L: [deep(100)] } } }],
  ['an image that is not a map', { before: [], after: {} }],
])('a value that cannot be unmarshalled fails the record as it does where it is read: %s', (_, images) => {
  for (const options of [{}, { omit: ['a', 'b'] }, { redact: ['a', 'b'] }, { changes: false }]) {
    const record = recordOf({ eventName: 'MODIFY' });
    const dynamodb = { ...record.dynamodb, OldImage: images.before, NewImage: images.after } as never;
    const malformed = { ...record, dynamodb };
    const settings = auditSettings(memorySink(), options);
    const failureOf = (make: () => unknown): unknown => {
      try {
        return make();
      } catch (error) {
        return [(error as Error).name, (error as Error).message];
      }
    };
    const opened = openRecord(malformed, reading) as unknown as AuditedRecord;
    const failure = failureOf(() => auditEntryOf(opened, settings));
    expect(failure).toEqual(failureOf(() => referenceEntry(malformed, { redact: [], omit: [] })));
    expect(failure).toHaveLength(2);
  }
});

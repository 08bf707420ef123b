import type { AttributeValue, Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyItem, processBatch, type StreamRecord, streamRouter } from '../../src/index.ts';
import { contextOf, eventOf, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, routerOf, runs, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

test(
  'a frozen event, in order or not, is processed like any other',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 200 }), fc.boolean(), async (scenario, reversed) => {
        const stage = new Stage(scenario.plan);
        const event = deepFreeze({ Records: reversed ? stage.records.toReversed() : [...stage.records] });
        const before = structuredClone(event);
        const lowest = scenario.plan.records.findIndex(({ failures }) => failures > 0);
        const router = routerOf(stage, scenario);
        for (let attempt = 0; attempt < 2; attempt++) {
          const checkpoint = checkpointOf(stage, await router(event, contextOf()));
          // What fails once succeeds at the second attempt.
          if (attempt === 0) expect(checkpoint).toBe(lowest === -1 ? stage.records.length : lowest);
        }
        expect(event).toEqual(before);
      }),
      runs(40),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'attributes of any name are just attributes, in frozen keys and images alike',
  async () => {
    const name = fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'then',
      'length',
      'id',
    );
    const attribute = fc.constantFrom<AttributeValue>(
      { S: 'text' },
      { N: '7' },
      { M: {} },
      { L: [{ BOOL: true }] },
      { NULL: true },
    );
    const names = fc.uniqueArray(fc.tuple(name, attribute), { selector: ([name]) => name, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.array(fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), { minLength: 1 }),
        async (names, events) => {
          // As JSON.parse makes it: __proto__ is an own property.
          const map = (): Record<string, AttributeValue> =>
            Object.fromEntries(names.map(([name, value]) => [name, value]));
          const Records = events.map((eventName, index) => {
            const record = recordOf({ eventName }, index);
            const images = {
              ...(eventName !== 'REMOVE' && { NewImage: map() }),
              ...(eventName !== 'INSERT' && { OldImage: map() }),
            };
            return { ...record, dynamodb: { ...record.dynamodb, Keys: map(), ...images } };
          });
          const event = deepFreeze({ Records });
          const before = JSON.stringify(event);
          const seen: (readonly string[])[] = [];
          const read = async (record: object): Promise<void> => {
            const { keys, newImage, oldImage } = record as Record<string, object | undefined>;
            for (const item of [keys, newImage, oldImage]) {
              if (item === undefined) continue;
              expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
              seen.push(Object.keys(item).sort());
            }
            await Promise.resolve();
          };
          const router = streamRouter().onInsert(read).onModify(read).onRemove(read);
          expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
          const expected = names.map(([name]) => name as string).sort();
          expect(seen.length).toBeGreaterThanOrEqual(events.length * 2);
          for (const found of seen) expect(found).toEqual(expected);
          expect(JSON.stringify(event)).toBe(before);
          expect(({} as { text?: unknown }).text).toBeUndefined();
        },
      ),
      runs(150),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

/** What a handler may do to what it gets, and to the event behind it. */
type Vandalism = (event: { Records: DynamoDBRecord[] }, record: StreamRecord<AnyItem>) => void;

// A cast: what is done here does not compile.
const rawOf = ({ raw }: StreamRecord<AnyItem>): Record<string, Record<string, unknown>> =>
  raw as unknown as Record<string, Record<string, unknown>>;

const VANDALISM: Readonly<Record<string, Vandalism>> = {
  'empties the list of records': (event) => void event.Records.splice(0),
  'shifts the list of records': (event) => void event.Records.shift(),
  'turns the list of records round': (event) => void event.Records.reverse(),
  'replaces all records': (event) => void event.Records.fill(recordOf({}, 999)),
  'replaces the list of records': (event) => void Object.assign(event, { Records: [] }),
  'deletes all sequence numbers': (event) => {
    for (const { dynamodb } of event.Records) delete dynamodb?.SequenceNumber;
  },
  'changes all sequence numbers': (event) => {
    for (const { dynamodb } of event.Records) if (dynamodb) dynamodb.SequenceNumber = '1';
  },
  'deletes what all records say': (event) => {
    for (const record of event.Records) delete record.dynamodb;
  },
  'deletes the sequence number of raw': (_, record) => void delete rawOf(record).dynamodb?.SequenceNumber,
  'changes the event name of raw': (_, record) => void Object.assign(rawOf(record), { eventName: 'NONE' }),
};

describe.each([
  ['as its checkpoint', true, false],
  ['by its eventID, to a pipe', true, true],
  ['by throwing, without partial responses', false, false],
])('a record that failed is reported %s, whatever its handler', (_, partialResponses, fromPipe) => {
  const outcome = async (
    handle: (event: { Records: DynamoDBRecord[] }, context: Context) => Promise<unknown>,
  ) => {
    const event = eventOf({}, {}, {});
    const ids = event.Records.map(({ eventID }) => ({ itemIdentifier: eventID }));
    const answer = await handle(event, contextOf()).catch((error: unknown) => error);
    if (!partialResponses)
      expect(answer).toMatchObject({ code: 'BATCH_FAILED', checkpoint: sequenceNumberAt(1) });
    else if (fromPipe) expect(answer).toEqual({ batchItemFailures: ids.slice(1) });
    else expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
  };

  test.each(Object.entries(VANDALISM))('%s', async (_, vandalize) => {
    const options = { logger: false, partialResponses, concurrency: 1 } as const;
    for (const pace of [() => undefined, () => Promise.resolve()]) {
      let calls = 0;
      const fail = (event: { Records: DynamoDBRecord[] }) => async (record: StreamRecord<AnyItem>) => {
        if (calls++ === 0) return;
        await pace();
        vandalize(event, record);
        throw new Error('no');
      };
      const passed = (event: { Records: DynamoDBRecord[] }): DynamoDBStreamEvent =>
        (fromPipe ? event.Records : event) as DynamoDBStreamEvent;
      await outcome((event, context) => streamRouter(options).onInsert(fail(event))(passed(event), context));
      calls = 0;
      await outcome((event, context) => processBatch(passed(event), context, fail(event), options));
    }
  });
});

test('what one route does to raw, the next does not see', async () => {
  const seen: unknown[] = [];
  const router = streamRouter({ logger: false })
    .onInsert(({ raw }) => {
      expect(() => Object.assign(raw, { eventName: 'REMOVE' })).toThrow(TypeError);
      expect(() => Object.assign(raw.dynamodb?.NewImage ?? {}, { id: { S: 'other' } })).toThrow(TypeError);
    })
    .onInsert(({ raw, eventName, newImage }) => void seen.push(raw.eventName, eventName, newImage));
  expect(await router(eventOf({ id: 'a' }), contextOf())).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(['INSERT', 'INSERT', { id: 'a' }]);
});

import { processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue, Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnyItem,
  expired,
  processBatch,
  type StreamRecord,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
import { streamRecords } from '../../src/middy/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { TIME_TO_LIVE } from '../../src/record/time-to-live.ts';
import { contextOf, eventOf, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, routerOf, runs, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';
import { VANDALS, type Vandalism } from '../fixtures/vandals.ts';

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

/** Changes that a handler may make to its record and to the event behind it. */
type EventVandalism = (event: { Records: DynamoDBRecord[] }, record: StreamRecord<AnyItem>) => void;

// A cast: without it these changes do not compile.
const rawOf = ({ raw }: StreamRecord<AnyItem>): Record<string, Record<string, unknown>> =>
  raw as unknown as Record<string, Record<string, unknown>>;

const VANDALISM: Readonly<Record<string, EventVandalism>> = {
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

describe('what user code does to other records of the event, their handlers do not see', () => {
  const eventNames = ['MODIFY', 'MODIFY', 'REMOVE', 'INSERT'] as const;
  const eventForAll = (): DynamoDBStreamEvent => {
    const event = eventOf(...eventNames.map((eventName) => ({ eventName, id: 'a' })));
    Object.assign(event.Records[2] as object, { userIdentity: { ...TIME_TO_LIVE } });
    // As Lambda parses it: no two records, and no keys and image, share an object.
    return JSON.parse(JSON.stringify(event));
  };
  const seenOf = (record: StreamRecord<AnyItem>): object => {
    const { eventName, eventID, sequenceNumber, tableName, keys, raw, userIdentity, expired } = record;
    const { newImage, oldImage } = record as { newImage?: object; oldImage?: object };
    const time = record.approximateCreationDateTime.getTime();
    const { streamViewType: viewType } = record;
    return structuredClone({
      ...{ eventName, eventID, sequenceNumber, tableName, keys, raw, userIdentity, expired },
      ...{ newImage, oldImage, time, viewType },
    });
  };
  const options = { logger: false } as const;

  /** Each runs a batch, calls `handle` for each record, and gives the answer and what the records said. */
  const ENTRY_POINTS: Readonly<
    Record<string, (event: DynamoDBStreamEvent, handle: (seen: object) => unknown) => Promise<unknown>>
  > = {
    streamRouter: (event, handle) => {
      const one = (record: StreamRecord<AnyItem>) => handle(seenOf(record));
      return streamRouter(options).onInsert(one).onModify(one).onRemove(expired, one)(event, contextOf());
    },
    processBatch: (event, handle) =>
      processBatch(event, contextOf(), (record) => handle(seenOf(record)), options),
    'processBatch, from a pipe': (event, handle) =>
      processBatch(event.Records as never, contextOf(), (record) => handle(seenOf(record)), options),
    streamWindow: (event, handle) => {
      const window = streamWindow({
        ...options,
        initial: { count: 0 },
        async reduce(state, record) {
          await handle(seenOf(record));
          state.count++;
        },
        close() {},
      });
      const fields = { isFinalInvokeForWindow: false, isWindowTerminatedEarly: false, shardId: 'shard' };
      return window({ ...event, ...fields, state: {}, eventSourceARN: '', window: { start: '', end: '' } });
    },
    OrderedStreamProcessor: (event, handle) =>
      processPartialResponse(
        event,
        (record: DynamoDBRecord) => handle(structuredClone(record)),
        new OrderedStreamProcessor(options),
        { context: contextOf() },
      ),
    streamRecords: async (event, handle) => {
      const request = { event } as never as { event: { records: StreamRecord<AnyItem>[] } };
      await streamRecords().before(request as never);
      for (const record of request.event.records) await handle(seenOf(record));
      return { batchItemFailures: [] };
    },
  };

  const played = async (entryPoint: string, vandalize: Vandalism, pace: () => unknown) => {
    const event = eventForAll();
    const [seen, running]: [object[], Set<object>] = [[], new Set()];
    const answer = await ENTRY_POINTS[entryPoint]?.(event, (record) => {
      // All records are those of one item.
      expect(running.size).toBe(0);
      seen.push(record);
      if (seen.length === 1) [...event.Records].forEach((other) => void vandalize(other));
      const pausing = pace();
      if (pausing === undefined) return undefined;
      running.add(record);
      return (pausing as Promise<void>).then(() => void running.delete(record));
    });
    return { seen, answer };
  };

  describe.each(Object.keys(ENTRY_POINTS))('%s', (entryPoint) => {
    test.each(Object.entries(VANDALS))('a handler %s', async (_, vandalize) => {
      for (const pace of [() => undefined, () => new Promise<void>((resolve) => setImmediate(resolve))]) {
        const expected = await played(entryPoint, () => {}, pace);
        expect(expected.seen).toHaveLength(eventNames.length);
        expect(await played(entryPoint, vandalize, pace)).toEqual(expected);
      }
    });
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

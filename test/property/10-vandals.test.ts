import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import {
  type AnyItem,
  all,
  any,
  defineTable,
  itemFrom,
  itemOf,
  not,
  type RecordMiddleware,
  type StreamRecord,
  streamRouter,
} from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import { TIME_TO_LIVE } from '../../src/record/time-to-live.ts';
import { contextOf, eventOf, memoryLogger, recordOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';
import { DAMAGEABLE, OWN_VANDALS, VANDALS } from '../fixtures/vandals.ts';

type Act = (record: StreamRecord<AnyItem>) => void;

const seenOf = (record: StreamRecord<AnyItem>): unknown => {
  const { eventName, sequenceNumber, keys, raw, userIdentity } = record;
  const { newImage, oldImage } = record as { newImage?: object; oldImage?: object };
  return structuredClone({ eventName, sequenceNumber, keys, raw, userIdentity, newImage, oldImage });
};

class Money {
  amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
}

/** A sink that keeps what it was sent. */
const memorySink = () => {
  const messages: unknown[] = [];
  return { target: 'memory', messages, send: async (message: unknown) => void messages.push(message) };
};

/** The three methods that add routes, with one type. */
type AddRoutes = Readonly<Record<'onInsert' | 'onModify' | 'onRemove', (...args: unknown[]) => AddRoutes>>;

/** How images become items. */
const SCHEMAS: Readonly<Record<string, () => StandardSchemaV1<AnyItem, AnyItem>>> = {
  'no schema': () => itemOf<AnyItem>(),
  'a schema': () => itemFrom((image) => ({ ...image, at: new Date(0), money: new Money(1) })),
  'an asynchronous schema': () => itemFrom(async (image) => ({ ...image, at: new Date(0) })),
  'an asynchronous schema that makes instances of classes': () =>
    itemFrom(async (image) => ({ ...image, money: new Money(1) })),
};

const EVENTS: Readonly<Record<string, () => DynamoDBStreamEvent>> = {
  INSERT: () => eventOf({ newImage: DAMAGEABLE }),
  MODIFY: () => eventOf({ eventName: 'MODIFY', newImage: DAMAGEABLE, oldImage: DAMAGEABLE }),
  REMOVE: () => ({
    Records: [{ ...recordOf({ eventName: 'REMOVE', oldImage: DAMAGEABLE }), userIdentity: TIME_TO_LIVE }],
  }),
};

/** Where code of users gets the record. */
const PLACES = ['a handler', 'a middleware', 'a condition', 'retryable', 'when'] as const;
type Place = (typeof PLACES)[number];

/** Plays one record that always fails, and returns the views of it that all but the vandal had. */
async function played(
  place: Place | undefined,
  act: Act,
  schema: StandardSchemaV1<AnyItem, AnyItem>,
  event: DynamoDBStreamEvent,
) {
  const at = (here: Place, record: unknown): void => {
    if (here === place) act(record as StreamRecord<AnyItem>);
  };
  const [letters, outside, within] = [memorySink(), memorySink(), memorySink()];
  const logger = memoryLogger();
  const seen: unknown[] = [];
  const table = defineTable({ name: 'Invoices', keys: ['id'], item: schema });
  const damaging: RecordMiddleware<StreamRecord<AnyItem>> = (record, _context, next) => {
    at('a middleware', record);
    return next();
  };
  const asked = (record: object): boolean => {
    at('a condition', record);
    return true;
  };
  const damage = (record: object): void => at('a handler', record);
  const audit = auditTrail(within);
  const handle = (record: object): never => {
    seen.push(seenOf(record as StreamRecord<AnyItem>));
    throw new Error('no');
  };
  const asking = (_thrown: unknown, record: object): boolean => {
    at('retryable', record);
    return true;
  };
  const router = streamRouter(table, { logger })
    .use(auditTrail(outside) as never)
    .use(
      deadLetter(letters, {
        when(_thrown, { record }) {
          at('when', record);
          return true;
        },
      }),
    )
    .use(retry({ attempts: 3, backoff: { minMs: 0 }, retryable: asking }))
    .use(damaging as never);
  for (const on of ['onInsert', 'onModify', 'onRemove'] as const) {
    (router as unknown as AddRoutes)[on](asked, damage)[on](audit)[on](handle);
  }
  const response = await router(event, contextOf());
  expect(response).toEqual({ batchItemFailures: [] });
  expect(seen).toHaveLength(3);
  expect([letters, outside, within].map(({ messages }) => messages.length)).toEqual([1, 1, 3]);
  return {
    seen,
    letters: letters.messages.map((letter) => ({ ...(letter as object), time: undefined, error: undefined })),
    audited: [outside.messages, within.messages],
    logged: logger.entries
      .filter(({ level }) => level !== 'debug')
      .map(({ level, message, fields }) => ({ level, message, ...fields, error: undefined })),
  };
}

describe.each(PLACES)(
  'the letter, the audit entry, the next route and the next attempt are the same, whatever %s does',
  (place) => {
    describe.each(Object.keys(SCHEMAS))('with %s', (name) => {
      test.each(Object.keys(OWN_VANDALS))('that %s', async (vandal) => {
        const schema = SCHEMAS[name] as (typeof SCHEMAS)[string];
        for (const eventOfKind of Object.values(EVENTS)) {
          const expected = await played(undefined, () => {}, schema(), eventOfKind());
          expect(await played(place, OWN_VANDALS[vandal] as never, schema(), eventOfKind())).toEqual(
            expected,
          );
        }
      });
    });
  },
);

test('a condition sees nothing of what those before it did, within all, any and not as well', async () => {
  const event = EVENTS.MODIFY?.() as DynamoDBStreamEvent;
  const seen: unknown[] = [];
  const asked = (record: StreamRecord<AnyItem>): boolean => {
    seen.push(seenOf(record));
    OWN_VANDALS['deletes all attributes']?.(record as never);
    return true;
  };
  const never = (record: StreamRecord<AnyItem>): boolean => !asked(record);
  const router = streamRouter({ logger: false })
    .onModify(all(asked, not(never), any(never, asked)), (record) => void seen.push(seenOf(record)))
    .onModify(asked, (record) => void seen.push(seenOf(record)));
  expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
  expect(seen).toHaveLength(7);
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
});

test(
  'whatever vandals do to their own records and to the event, the calls of other routes and the response stay',
  async () => {
    const eventNames = fc.constantFrom('INSERT', 'MODIFY', 'REMOVE');
    const acts = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('own'),
          act: fc.constantFrom(...Object.keys(OWN_VANDALS)),
          on: fc.nat(30),
        }),
        fc.record({
          kind: fc.constant('other'),
          act: fc.constantFrom(...Object.keys(VANDALS)),
          on: fc.nat(30),
        }),
      ),
      { minLength: 1, maxLength: 6 },
    );
    const record = fc.record({
      eventName: eventNames,
      item: fc.nat(5),
      vandal: fc.option(acts),
      place: fc.constantFrom('a handler', 'a condition', 'a middleware'),
      fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(1, 3, 10),
        fc.boolean(),
        async (records, concurrency, asynchronous) => {
          const play = async (vandals: boolean) => {
            const event: DynamoDBStreamEvent = JSON.parse(
              JSON.stringify(
                eventOf(
                  ...records.map(({ eventName, item }) => ({
                    ...{ eventName, id: `item-${item}` },
                    ...{ newImage: DAMAGEABLE, oldImage: DAMAGEABLE },
                  })),
                ),
              ),
            );
            const came = [...event.Records];
            const places = new Map(came.map(({ dynamodb }, index) => [dynamodb?.SequenceNumber, index]));
            const calls: unknown[] = [];
            const damage = (place: string, own: StreamRecord<AnyItem>): void => {
              const plan = records[places.get(own.sequenceNumber) as number];
              if (!vandals || plan?.place !== place) return;
              for (const { kind, act, on } of plan.vandal ?? []) {
                try {
                  if (kind === 'own') OWN_VANDALS[act]?.(own as never);
                  else VANDALS[act]?.(came[on % came.length] as never);
                } catch {
                  // What one act has deleted or frozen, another one cannot change.
                }
              }
            };
            const handle = (one: StreamRecord<AnyItem>): unknown => {
              const index = places.get(one.sequenceNumber) as number;
              const plan = records[index];
              calls.push([index, seenOf(one)]);
              if (plan?.fails) throw new Error('no');
              return asynchronous ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;
            };
            const router = streamRouter({ logger: false, concurrency }).use((one, _context, next) => {
              damage('a middleware', one);
              return next();
            });
            for (const on of ['onInsert', 'onModify', 'onRemove'] as const) {
              (router as unknown as AddRoutes)
                [on](
                  (one: StreamRecord<AnyItem>) => {
                    damage('a condition', one);
                    return true;
                  },
                  (one: StreamRecord<AnyItem>) => void damage('a handler', one),
                )
                [on](handle);
            }
            return { response: await router(event, contextOf()), calls };
          };
          expect(await play(true)).toEqual(await play(false));
        },
      ),
      runs(300),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

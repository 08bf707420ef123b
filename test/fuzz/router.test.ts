import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  defineTable,
  InvalidRecordError,
  itemOf,
  StreamlaneError,
  streamRouter,
  UnmarshallError,
  ValidationError,
} from '../../src/index.ts';
import { contextOf, memoryLogger, recordOf } from '../fixtures/events.ts';

const EVENTS = 10_000;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Batches as Lambda sends them, of a few items, with every attribute type. */
const record = fc
  .record({
    eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
    id: fc.constantFrom('a', 'b', 'c'),
    image: fc.constantFrom(
      {},
      { n: { N: '12.5' }, s: { S: 'text' }, b: { B: 'AQID' }, t: { BOOL: true }, u: { NULL: true } },
      {
        l: { L: [{ S: 'x' }, { M: { y: { N: '1' } } }] },
        ss: { SS: ['a'] },
        ns: { NS: ['1'] },
        bs: { BS: ['AQ=='] },
      },
    ),
  })
  .map(({ eventName, id, image }) => ({ eventName, id, newImage: image, oldImage: image }));
const event = fc
  .array(record, { minLength: 1, maxLength: 6 })
  .map(
    (sketches) =>
      ({ Records: sketches.map((sketch, index) => recordOf(sketch as never, index)) }) as unknown as Json,
  );

/** What a mutation puts in place of something: values of other kinds, and such as look nearly right. */
const intruder: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(
    null,
    true,
    false,
    0,
    -1,
    1e300,
    '',
    ' ',
    '0',
    'x',
    'NaN',
    '1e999',
    '9'.repeat(41),
    '001',
    'aws:sqs',
    'INSERT',
    'REMOVE',
    'KEYS_ONLY',
    'NEW_IMAGE',
    '__proto__',
    [],
    {},
    [null],
    [[]],
    { toString: 1, valueOf: 1 },
    { toString: null },
    { S: 'a' },
    { N: 'a' },
    { S: 5 },
    { M: null },
    { L: {} },
    { SS: 'a' },
    { B: '?' },
    { X: 1 },
    { length: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constant(JSON.parse('{"__proto__":{"S":"a"},"constructor":{"N":"1"}}') as Json),
);

type Mutation = {
  readonly at: number;
  readonly how: 'replace' | 'delete' | 'rename' | 'repeat';
  readonly by: Json;
};
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'rename', 'repeat'),
  by: intruder,
});

/** Every place in a value: what holds it, and its name there. */
function placesOf(value: Json, places: [object, string][] = []): [object, string][] {
  if (typeof value !== 'object' || value === null) return places;
  for (const [name, inner] of Object.entries(value)) {
    places.push([value, name]);
    placesOf(inner, places);
  }
  return places;
}

function set(holder: object, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}

function mutate(original: Json, mutations: readonly Mutation[]): Json {
  // A root of its own, so that the event itself can be replaced too.
  const root = { event: structuredClone(original) };
  for (const { at, how, by } of mutations) {
    const places = placesOf(root);
    const [holder, name] = places[at % places.length] ?? [root, 'event'];
    const value = (holder as Record<string, Json>)[name] ?? null;
    if (how === 'replace') set(holder, name, structuredClone(by));
    else if (how === 'rename') {
      set(holder, typeof by === 'string' ? by : 'other', value);
      delete (holder as Record<string, Json>)[name];
    } else if (how === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(value));
    else if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete (holder as Record<string, Json>)[name];
  }
  return root.event ?? null;
}

const HANDLER_ERROR = new Error('the handler of the test');

/** Errors that a record may fail with: the project's own, and what the handler itself throws. */
function isOwn(error: unknown): boolean {
  return (
    error instanceof UnmarshallError ||
    error instanceof InvalidRecordError ||
    error instanceof ValidationError ||
    error === HANDLER_ERROR
  );
}

const ROUTERS = {
  'a plain router': undefined,
  'a router of a table': defineTable({ name: 'T', item: itemOf<{ id: string }>(), keys: ['id'] }),
  'a router of a table with a schema': defineTable({
    name: 'T',
    item: z.looseObject({ id: z.string() }),
    keys: ['id'],
  }),
};

describe.each(Object.entries(ROUTERS))('%s', (_, table) => {
  const outcomes = { refused: 0, failed: 0, succeeded: 0, handled: 0 };

  test('never throws anything but its own errors, and never reports a success for a record that was not handled', async () => {
    const runs = Math.ceil(EVENTS / Object.keys(ROUTERS).length);
    await fc.assert(
      fc.asyncProperty(
        event,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        async (original, mutations, isAsync, failsAt) => {
          const mutated = mutate(original, mutations);
          const before = JSON.stringify(mutated);
          const handled = new Set<DynamoDBRecord>();
          let calls = 0;
          const handle = (one: object): void | Promise<void> => {
            const { raw, keys, newImage, oldImage } = one as { raw: DynamoDBRecord } & Record<
              string,
              unknown
            >;
            void [keys, newImage, oldImage];
            if (++calls === failsAt) throw HANDLER_ERROR;
            if (!isAsync) return void handled.add(raw);
            return Promise.resolve().then(() => void handled.add(raw));
          };
          const logger = memoryLogger();
          const router =
            table === undefined ? streamRouter({ logger }) : streamRouter(table as never, { logger });
          router.onInsert(handle).onModify(handle).onRemove(handle);

          let response: Awaited<ReturnType<typeof router>> | undefined;
          try {
            response = await router(mutated as unknown as DynamoDBStreamEvent, contextOf());
          } catch (error) {
            if (!(error instanceof StreamlaneError)) throw error;
            expect(handled.size + calls).toBe(0);
            outcomes.refused++;
          }
          expect(JSON.stringify(mutated)).toBe(before);
          for (const { level, fields } of logger.entries) {
            if (level === 'error' && !isOwn(fields.error)) throw fields.error;
          }
          if (response === undefined) return;

          const records = (mutated as unknown as DynamoDBStreamEvent).Records;
          const numbers = records.map((one) => BigInt(one.dynamodb?.SequenceNumber ?? ''));
          const [failure, ...more] = response.batchItemFailures;
          expect(more).toEqual([]);
          const checkpoint = failure === undefined ? undefined : BigInt(failure.itemIdentifier);
          if (failure === undefined) outcomes.succeeded++;
          else {
            outcomes.failed++;
            expect(records.map((one) => one.dynamodb?.SequenceNumber)).toContain(failure.itemIdentifier);
          }
          for (const [index, one] of records.entries()) {
            const number = numbers[index] ?? 0n;
            if (checkpoint === undefined || number < checkpoint) expect(handled.has(one)).toBe(true);
          }
          outcomes.handled += handled.size;
        },
      ),
      { numRuns: runs },
    );
  });

  test('and did all there is to do often enough for that to mean something', () => {
    for (const [what, count] of Object.entries(outcomes)) expect(count, what).toBeGreaterThan(EVENTS / 100);
  });
});

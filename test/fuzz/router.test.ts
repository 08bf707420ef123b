import type { DynamoDBStreamEvent } from 'aws-lambda';
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
import type { LazyRecord } from '../../src/record/lazy-record.ts';
import type { Table } from '../../src/table/table.ts';
import { contextOf, memoryLogger, recordOf } from '../fixtures/events.ts';
import { type Json, mutate, mutation } from '../fixtures/mutations.ts';

const EVENTS = 10_000;

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
          /** By sequence number: handlers get copies of the records. */
          const handled = new Set<string | undefined>();
          let calls = 0;
          const handle = (one: object): void | Promise<void> => {
            const { keys, newImage, oldImage } = one as Record<string, unknown>;
            void [keys, newImage, oldImage];
            const { sequenceNumber } = one as LazyRecord;
            if (++calls === failsAt) throw HANDLER_ERROR;
            if (!isAsync) return void handled.add(sequenceNumber);
            return Promise.resolve().then(() => void handled.add(sequenceNumber));
          };
          const logger = memoryLogger();
          const router =
            table === undefined ? streamRouter({ logger }) : streamRouter(table as Table, { logger });
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

          const records = Array.isArray(mutated) ? [] : (mutated as unknown as DynamoDBStreamEvent).Records;
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
            if (checkpoint === undefined || number < checkpoint)
              expect(handled).toContain(one.dynamodb?.SequenceNumber);
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

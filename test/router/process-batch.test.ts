import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineTable, itemOf, processBatch } from '../../src/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

const DONE = { batchItemFailures: [] };
const failedAt = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });

describe('processBatch', () => {
  test('hands every record to one handler, whatever happened to the item', async () => {
    const seen: string[] = [];
    const event = eventOf({ eventName: 'INSERT' }, { eventName: 'MODIFY' }, { eventName: 'REMOVE' });
    const response = await processBatch<{ id: string }>(event, contextOf(), (record, context) => {
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
      if (record.eventName === 'INSERT') seen.push(`new ${record.newImage.id}`);
      else if (record.eventName === 'REMOVE') seen.push(`old ${record.oldImage.id}`);
      else seen.push(`${record.oldImage.id} ${record.newImage.id}`);
    });
    expect(response).toEqual(DONE);
    expect(seen).toEqual(['new item-0', 'item-1 item-1', 'old item-2']);
  });

  test.each([
    [
      'at once',
      () => {
        throw undefined;
      },
    ],
    ['later', () => Promise.reject(undefined)],
  ])('reports the checkpoint when the handler fails %s', async (_, fail) => {
    const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' });
    const response = await processBatch<{ id: string }>(
      event,
      contextOf(),
      ({ keys }) => (keys.id === 'b' ? fail() : undefined),
      { logger: memoryLogger() },
    );
    expect(response).toEqual(failedAt(1));
  });

  test('takes view type, validation and keys from a table', async () => {
    const table = defineTable({
      name: 'T',
      item: z.object({ id: z.string().transform((id) => `checked ${id}`) }),
      keys: ['id'],
      viewType: 'NEW_IMAGE',
    });
    const seen: string[] = [];
    const event = eventOf(
      { viewType: 'NEW_IMAGE', id: 'a' },
      { viewType: 'NEW_IMAGE', newImage: { id: { N: '5' } } },
    );
    const response = await processBatch(
      event,
      contextOf(),
      (record) => {
        if (record.eventName === 'INSERT') seen.push(record.newImage.id);
      },
      { table, order: 'partition', logger: memoryLogger() },
    );
    expect(response).toEqual(failedAt(1));
    expect(seen).toEqual(['checked a']);
  });

  test('does not check what a table declares by its type alone', async () => {
    const table = defineTable({ name: 'T', item: itemOf<{ id: string }>(), keys: ['id'] });
    const seen: unknown[] = [];
    const event = eventOf({ newImage: { id: { N: '5' } } });
    const handler = ({ newImage }: { newImage?: unknown }) => void seen.push(newImage);
    expect(await processBatch(event, contextOf(), handler as never, { table })).toEqual(DONE);
    expect(seen).toEqual([{ id: 5 }]);
  });

  test('handles again what had succeeded past the failure: another sandbox may have handled an older change', async () => {
    const handled: string[] = [];
    let broken = true;
    const handler = async (record: { keys: { id?: string } }): Promise<void> => {
      if (broken && record.keys.id === 'a') throw new Error('first time');
      handled.push(record.keys.id ?? '');
    };
    const event = eventOf({ id: 'a' }, { id: 'b' });
    const options = { logger: memoryLogger() };
    expect(await processBatch<{ id: string }>(event, contextOf(), handler, options)).toEqual(failedAt(0));
    broken = false;
    expect(await processBatch<{ id: string }>(event, contextOf(), handler, options)).toEqual(DONE);
    expect(handled).toEqual(['b', 'a', 'b']);
  });

  test('does not take what one handler has done for done by another', async () => {
    const event = eventOf({ id: 'a' }, { id: 'b' });
    const options = { logger: memoryLogger() };
    const first = async ({ keys }: { keys: { id?: string } }) => {
      if (keys.id === 'a') throw new Error('always');
    };
    expect(await processBatch<{ id: string }>(event, contextOf(), first, options)).toEqual(failedAt(0));
    const handled: unknown[] = [];
    await processBatch<{ id: string }>(event, contextOf(), ({ keys }) => void handled.push(keys.id), options);
    expect(handled).toEqual(['a', 'b']);
  });

  test('throws when failures cannot be reported', async () => {
    const cause = new Error('cause');
    const attempt = processBatch(eventOf({}, {}), contextOf(), () => Promise.reject(cause), {
      partialResponses: false,
      logger: memoryLogger(),
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'BATCH_FAILED',
      checkpoint: sequenceNumberAt(0),
      cause,
    });
  });

  test('works without a context', async () => {
    expect(await processBatch(eventOf({}), undefined, () => {})).toEqual(DONE);
  });
});

describe('processBatch refuses, before any record is handled', () => {
  let ran = false;
  const handler = () => {
    ran = true;
  };
  test.each<[string, unknown, unknown, string, RegExp]>([
    [
      'no handler',
      undefined,
      {},
      'INVALID_HANDLER',
      /got undefined.*processBatch\(event, context, handler, options\)/,
    ],
    ['options in place of the handler', {}, undefined, 'INVALID_HANDLER', /got an object/],
    ['options that are null', handler, null, 'INVALID_OPTION', /got null/],
    ['options that are a text', handler, 'item', 'INVALID_OPTION', /got "item"/],
    ['an unknown option', handler, { parallel: 5 }, 'UNKNOWN_OPTION', /parallel is not an option/],
    ['a wrong value', handler, { concurrency: 0 }, 'INVALID_OPTION', /concurrency.*1 to 10000, got 0/],
    [
      'a table that is none',
      handler,
      { table: { name: 'T' } },
      'INVALID_OPTION',
      /made by defineTable, got an object/,
    ],
    ['a table that is null', handler, { table: null }, 'INVALID_OPTION', /made by defineTable, got null/],
    ['a partition order without a table', handler, { order: 'partition' }, 'KEYS_REQUIRED', /defineTable/],
  ])('%s', async (_, given, options, code, message) => {
    const attempt = processBatch(
      eventOf({}) as DynamoDBStreamEvent,
      contextOf(),
      given as never,
      options as never,
    );
    await expect(attempt).rejects.toMatchObject({
      name: 'ConfigurationError',
      code,
      message: expect.stringMatching(message),
    });
    expect(ran).toBe(false);
  });
});

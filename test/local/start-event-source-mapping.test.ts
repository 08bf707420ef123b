import { setTimeout as sleep } from 'node:timers/promises';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import type { RecursiveLoopEvent } from '../../src/local/mapping-events.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { eventually } from '../fixtures/eventually.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await emulatedServers();
});

afterAll(() => emulators.stop());

const sortKeys = ({ Records }: DynamoDBStreamEvent) => Records.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S);

test('delivers the records in the stream, and later ones, in batches and in order', async () => {
  const table = await emulatedTable(emulators);
  await table.fill(5);
  const batches: unknown[] = [];
  const contexts: Context[] = [];
  const mapping = await startEventSourceMapping({
    ...emulators.streams,
    tableName: table.name,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 2,
    handler: async (event: DynamoDBStreamEvent, context) => {
      batches.push(sortKeys(event));
      contexts.push(context);
    },
  });
  expect(mapping.state).toBe('Enabled');
  await mapping.caughtUp();
  await table.fill(1, { from: 5 });
  await mapping.caughtUp();

  expect(batches).toEqual([['0000', '0001'], ['0002', '0003'], ['0004'], ['0005']]);
  expect(mapping.lastProcessingResult).toBe('OK');
  expect(mapping.statistics).toMatchObject({ recordsRead: 6, recordsSucceeded: 6, invocations: 4 });
  expect(Object.values(mapping.position)).toEqual([{ after: '000000000000000000006' }]);
  await mapping.stop();
  expect(mapping.state).toBe('Stopped');
  expect(await mapping.ended).toEqual({ reason: 'stopped' });
});

describe('a function that writes to the item that it handles', () => {
  /** A handler that counts on the item itself. */
  const counting = ({ client, name }: EmulatedTable) => {
    return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
      for (const { dynamodb } of Records) {
        await client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: dynamodb?.Keys as Record<string, { S: string }>,
            UpdateExpression: 'ADD handled :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          }),
        );
      }
    };
  };

  test('is warned of once, with the last event and the remedy, and not with the key', {
    timeout: 30_000,
  }, async () => {
    const table = await emulatedTable(emulators);
    const logger = quietLogger();
    const events: RecursiveLoopEvent[] = [];
    const mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: table.name,
      startingPosition: 'TRIM_HORIZON',
      functionName: 'counting',
      pollIntervalMs: 20,
      logger,
      handler: counting(table),
    });
    mapping.on('recursiveLoop', (event) => events.push(event));
    await table.put({ pk: { S: 'secret' }, sk: { S: 'x' } });
    await eventually(() => expect(events).toHaveLength(1));
    const { invocations } = mapping.statistics;
    await eventually(() => expect(mapping.statistics.invocations).toBeGreaterThan(invocations + 40));
    await mapping.stop();

    expect(events).toEqual([{ shardId: expect.any(String), records: [expect.anything()], times: 17 }]);
    const warnings = logger.entries.filter((entry) => entry.includes('invoke itself'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^warn The function counting seems to invoke itself: .* of Table\d+-\d+ .*, 17 times in a row.*ownWrite/,
    );
    expect(warnings[0]).not.toContain('secret');
  });

  test('is not blamed for the writes of a program that waits for it', { timeout: 60_000 }, async () => {
    const table = await emulatedTable(emulators);
    const events: RecursiveLoopEvent[] = [];
    const mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: table.name,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 20,
      handler: async () => {},
    });
    mapping.on('recursiveLoop', (event) => events.push(event));
    for (let n = 0; n < 24; n++) {
      await table.put({ pk: { S: 'a' }, sk: { S: 'a' }, n: { N: `${n}` } });
      await mapping.caughtUp();
    }
    await mapping.stop();
    expect(mapping.statistics.invocations).toBe(24);
    expect(events).toEqual([]);
  });

  test('stops at once while it is held back', async () => {
    const table = await emulatedTable(emulators);
    const mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: table.name,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 20,
      logger: false,
      handler: counting(table),
    });
    await table.put({ pk: { S: 'a' }, sk: { S: 'a' } });
    await eventually(() => expect(mapping.statistics.invocations).toBe(16));
    await sleep(200); // the next one waits for more than a second
    const stoppedAt = performance.now();
    await mapping.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(500);
    expect(mapping.statistics.invocations).toBe(16);
  });

  test('is not blamed for what others write to the item', { timeout: 30_000 }, async () => {
    const table = await emulatedTable(emulators);
    const events: RecursiveLoopEvent[] = [];
    const mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: table.name,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 20,
      logger: false,
      handler: async () => {},
    });
    mapping.on('recursiveLoop', (event) => events.push(event));
    const endsAt = performance.now() + 5000;
    for (let n = 0; performance.now() < endsAt; n++) {
      await table.put({ pk: { S: 'hot' }, sk: { S: 'a' }, n: { N: `${n}` } });
      await sleep(20);
    }
    await mapping.caughtUp();
    await mapping.stop();
    expect(mapping.statistics.invocations).toBeGreaterThan(32);
    expect(events).toEqual([]);
  });
});

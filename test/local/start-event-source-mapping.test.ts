import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { emulatedServers, emulatedTable } from '../fixtures/emulated.ts';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await emulatedServers();
});

afterAll(() => emulators.stop());

const sortKeys = ({ Records }: DynamoDBStreamEvent) => Records.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S);

test('delivers what is in the stream, and what is written later, in batches and in order', async () => {
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

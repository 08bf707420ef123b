import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { memoryLogger } from '../fixtures/events.ts';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await emulatedServers();
});

afterAll(() => emulators.stop());

test('a filter that Lambda may refuse is used, and warned of at the start', async () => {
  const table = await emulatedTable(emulators);
  await table.fill(3);
  const logger = memoryLogger();
  const seen: number[] = [];
  const mapping = await startEventSourceMapping({
    ...emulators.streams,
    tableName: table.name,
    startingPosition: 'TRIM_HORIZON',
    logger,
    filterCriteria: { filters: [{ pattern: { dynamodb: { Keys: { sk: { S: [{ wildcard: '*2' }] } } } } }] },
    handler: async ({ Records }: { Records: unknown[] }) => void seen.push(Records.length),
  });
  await mapping.caughtUp();
  await mapping.stop();
  expect(seen).toEqual([1]);
  expect(logger.entries.filter(({ level }) => level === 'warn')).toMatchObject([
    {
      message:
        'filterCriteria: filters[0]: dynamodb.Keys.sk.S: Lambda does not document wildcard and may refuse it.',
      fields: { code: 'UNDOCUMENTED_OPERATOR', streamArn: table.streamArn },
    },
  ]);
});

import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { streamRouter } from 'streamlane';
import { type LambdaHandler, type RecursiveLoopEvent, startEventSourceMapping } from 'streamlane/local';
import { expect, test, vi } from 'vitest';
import { derive, handler, type Product } from '../../examples/derived-attribute/handler.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { eventually } from '../fixtures/eventually.ts';
import { handled, runExample } from './run-example.ts';

test('derived-attribute derives once after each change by others, and not after its own', async () => {
  const { code, stdout, stderr } = await runExample('derived-attribute').ended();

  expect(stderr).toBe('');
  const derived = stdout.match(/^p-\d: .*$/gm);
  // Products are handled side by side, the changes of one in order.
  expect(derived?.toSorted()).toEqual([
    'p-1: "acme floor lamp" after MODIFY',
    'p-1: "acme lamp" after INSERT',
    'p-2: "umbrella chair" after INSERT',
  ]);
  expect(derived?.indexOf('p-1: "acme lamp" after INSERT')).toBeLessThan(
    derived?.indexOf('p-1: "acme floor lamp" after MODIFY') as number,
  );
  // Three changes by others, and for each of them an own one that nothing follows.
  expect(handled(stdout).toSorted()).toEqual(['INSERT', 'INSERT', 'MODIFY', 'MODIFY', 'MODIFY', 'MODIFY']);
  expect(stdout).toMatch(
    /What customers search in:\n {2}p-1 {2}acme floor lamp\n {2}p-2 {2}umbrella chair\n$/,
  );
  expect(code).toBe(0);
});

test('without its condition it would not come to rest, and the mapping warns of that', {
  timeout: 60_000,
}, async () => {
  const emulators = await emulatedServers();
  vi.spyOn(console, 'log').mockImplementation(() => {});
  for (const [name, value] of Object.entries(emulators.environment)) vi.stubEnv(name, value);
  const client = new DynamoDBClient(emulators.dynamodb);
  /** Runs a handler on a table with one product. */
  const run = async (TableName: string, tried: LambdaHandler) => {
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'productId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'productId', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const warnings: RecursiveLoopEvent[] = [];
    const mapping = await startEventSourceMapping({
      ...emulators.streams,
      tableName: TableName,
      handler: tried,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 20,
      logger: false,
    });
    mapping.on('recursiveLoop', (event) => warnings.push(event));
    const put = (name: string) => {
      const Item = { productId: { S: 'p' }, name: { S: name }, brand: { S: 'Acme' }, price: { N: '1' } };
      return client.send(new PutItemCommand({ TableName, Item }));
    };
    return { mapping, warnings, put };
  };
  try {
    const loop = await run('Looping', streamRouter<Product>().onInsert(derive).onModify(derive));
    await loop.put('Lamp');
    await eventually(() => expect(loop.warnings).toHaveLength(1));
    await loop.mapping.stop();
    expect(loop.mapping.statistics.invocations).toBeGreaterThan(16);

    const calm = await run('Calm', handler);
    for (let index = 0; index < 20; index++) {
      await calm.put(`Lamp ${index}`);
      await calm.mapping.caughtUp();
      await calm.mapping.caughtUp();
    }
    await calm.mapping.stop();
    expect(calm.mapping.statistics.recordsRead).toBe(40);
    expect(calm.warnings).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await emulators.stop();
  }
});

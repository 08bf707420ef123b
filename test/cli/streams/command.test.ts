import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { fakeStreams } from '../fake-pages.ts';
import { inProcess } from '../in-process.ts';

let aws: Emulators;
let table: EmulatedTable;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
  table = await emulatedTable(aws);
  await table.fill(2);
  await new DynamoDBClient(aws.dynamodb).send(
    new CreateTableCommand({
      TableName: 'Streamless',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

afterAll(() => aws.stop());

describe('streamlane streams', () => {
  const run = inProcess;
  test.each([[[]], [['the table']]])('streams list %j shows the stream', async (named) => {
    const argv = ['streams', 'list', ...named.map(() => table.name)];
    const { code, stdout, stderr } = await run(argv, { env }).ended();
    const [head = '', row = ''] = stdout.split('\n');
    expect(head.split(/ +/)).toEqual(['TABLE', 'LABEL', 'ARN']);
    expect(row.split(/ +/)).toEqual([table.name, table.streamArn.split('/').at(-1), table.streamArn]);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  });

  test.each(['name', 'streamArn'] as const)('streams describe, by %s, shows the shards', async (by) => {
    const { code, stdout, stderr } = await run(['streams', 'describe', table[by]], { env }).ended();
    expect(stdout).toContain(
      `Stream   ${table.streamArn}\nTable    ${table.name}\nStatus   ENABLED\nView     NEW_AND_OLD_IMAGES\n`,
    );
    expect(stdout).toMatch(/\n\nSHARD +PARENT +FIRST +LAST\nshardId-\S+ +- +1 +2\n$/);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  });

  test.each([
    [['streams', 'list', 'Nowhere'], 'There is no table Nowhere here. Create it with: '],
    [['streams', 'describe', 'Nowhere'], 'There is no table Nowhere here. Create it with: '],
    [
      ['streams', 'describe', 'Streamless'],
      'The table Streamless has no stream. Enable one: aws dynamodb update-table ',
    ],
    [
      ['streams', 'describe', 'arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/1'],
      'There is no stream arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/1 here. See the streams with: streamlane streams list\n',
    ],
  ])('%j names the missing resource', async (argv, line) => {
    const { code, stdout, stderr } = await run(argv, { env }).ended();
    expect(stderr).toContain(`error: ${line}`);
    expect(stderr.split('\n')).toHaveLength(2);
    expect({ code, stdout }).toEqual({ code: EXIT.failed, stdout: '' });
  });
});

test('as JSON: a line for each stream, and one with the shards', async () => {
  const list = await inProcess(['streams', 'list', '--json'], { env }).ended();
  const label = table.streamArn.split('/').at(-1);
  expect(JSON.parse(list.stdout)).toEqual({ table: table.name, label, streamArn: table.streamArn });
  const one = await inProcess(['streams', 'describe', table.name, '--json'], { env }).ended();
  expect(JSON.parse(one.stdout)).toMatchObject({
    streamArn: table.streamArn,
    status: 'ENABLED',
    viewType: 'NEW_AND_OLD_IMAGES',
    shards: [{ shardId: expect.stringMatching(/^shardId-/), first: '1', last: '2' }],
  });
});

test('no stream is not a failure', async () => {
  expect(await inProcess(['streams', 'list', 'Streamless'], { env }).ended()).toEqual({
    code: EXIT.ok,
    stdout: '',
    stderr: 'The table Streamless has no stream.\n',
  });
  await using empty = await emulatedServers();
  const { stderr } = await inProcess(['streams', 'list'], { env: empty.environment }).ended();
  expect(stderr).toBe('There are no streams here.\n');
});

test('every page is read, and closed shards differ from open ones', async () => {
  await using server = await fakeStreams();
  const argv = ['--endpoint', server.url];
  const list = await inProcess(['streams', 'list', ...argv]).ended();
  expect(list.stdout.match(/^T\d/gm)).toEqual(['T1', 'T2']);
  const described = await inProcess(['streams', 'describe', 'arn:aws:x', ...argv]).ended();
  expect(described.stdout).toMatch(/Keys +pk, sk\n/);
  expect(described.stdout).toMatch(/^shard-1 +- +100 +200$/m);
  expect(described.stdout).toMatch(/^shard-2 +shard-1 +201 +open$/m);
});

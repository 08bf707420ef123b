import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { inProcess } from '../in-process.ts';

let aws: Emulators;
let client: DynamoDBClient;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
  client = new DynamoDBClient(aws.dynamodb);
});

afterAll(() => aws.stop());

describe('streamlane tables', () => {
  const run = inProcess;
  const table = 'Payments';

  test('a table with a stream is created', async () => {
    const keys = ['--keys', 'customerId,number:N', '--view-type', 'NEW_IMAGE'];
    const created = await run(['tables', 'create', table, ...keys], { env }).ended();
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));

    expect(created).toEqual({
      code: EXIT.ok,
      stdout: `Created ${table} with a stream of NEW_IMAGE.\n${Table?.LatestStreamArn}\n`,
      stderr: '',
    });
    expect(Table).toMatchObject({
      KeySchema: [
        { AttributeName: 'customerId', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
  });

  test('a table that is there already is left unchanged', async () => {
    const { code, stderr } = await run(['tables', 'create', table, '--keys', 'id'], { env }).ended();
    expect(stderr).toBe(
      `error: There is a table ${table} already. Use it unchanged, or choose another name.\n`,
    );
    expect(code).toBe(EXIT.failed);
  });
});

test('the table can be named as JSON', async () => {
  const { stdout } = await inProcess(['tables', 'create', 'Json', '--keys', 'id', '--json'], { env }).ended();
  expect(JSON.parse(stdout)).toEqual({
    table: 'Json',
    streamArn: expect.stringContaining(':table/Json/stream/'),
  });
});

test.each([
  [['tables', 'create', 'T', '--keys', 'a:X'], /^error: Keys are names such as .+ got a:X\.\n$/],
  [
    ['tables', 'create', 'T', '--keys', 'a,b,c'],
    /^error: A table has a partition key and at most one sort key.+ got a,b,c\.\n$/,
  ],
  [['tables', 'create', 'T', '--keys', 'a,a'], /^error: A table has a partition key/],
  [
    ['tables', 'create', 'T', '--keys', 'a', '--view-type', 'ALL'],
    /^error: A view type is one of KEYS_ONLY, .+ got ALL\.\n$/,
  ],
])('%j is bad input, and nothing is tried', async (argv, line) => {
  const { code, stdout, stderr } = await inProcess(argv).ended();
  expect(stderr).toMatch(line);
  expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
});

import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
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

describe('streamlane tables and put', () => {
  const run = inProcess;
  const table = 'Payments';

  test('a table with a stream is created, and takes what is put', async () => {
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

    const item =
      '{"customerId":"C-1","number":1,"big":12345678901234567890.5,"map":{"list":[true,null,"x"]},"__proto__":"p"}';
    const put = await run(['put', table, '--item', item, '--item', '{"customerId":"C-2","number":2}'], {
      env,
    }).ended();
    const Key = { customerId: { S: 'C-1' }, number: { N: '1' } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }));

    expect(await run(['put', table, '--item', '{"customerId":"C-3","number":3}'], { env }).ended()).toEqual({
      code: EXIT.ok,
      stdout: `Put 1 item into ${table}.\n`,
      stderr: '',
    });
    expect(put).toEqual({ code: EXIT.ok, stdout: `Put 2 items into ${table}.\n`, stderr: '' });
    expect(Item).toMatchObject({
      big: { N: '12345678901234567890.5' },
      map: { M: { list: { L: [{ BOOL: true }, { NULL: true }, { S: 'x' }] } } },
    });
    expect(Object.keys(Item ?? {})).toContain('__proto__');
  });

  test('a table that is there already is left as it is', async () => {
    const { code, stderr } = await run(['tables', 'create', table, '--keys', 'id'], { env }).ended();
    expect(stderr).toBe(
      `error: There is a table ${table} already. Use it unchanged, or choose another name.\n`,
    );
    expect(code).toBe(EXIT.failed);
  });

  test('an item for a table that is not there says how to create it', async () => {
    const { code, stderr } = await run(['put', 'Nowhere', '--item', '{"id":"1"}'], { env }).ended();
    expect(stderr).toBe(
      'error: There is no table Nowhere here. Create it with: streamlane tables create Nowhere --keys <names>, ' +
        'or check --endpoint and --region.\n',
    );
    expect(code).toBe(EXIT.failed);
  });

  test('an item without its keys is refused in one line', async () => {
    const { code, stderr } = await run(['put', table, '--item', '{"other":"1"}'], { env }).ended();
    expect(stderr).toMatch(/^error: The request is refused: .+\n$/);
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
  [
    ['put', 'T', '--item', '{id:1}'],
    /^error: --item is not JSON: .+ Quote it for the shell: --item '\{"id":"1"\}'\.\n$/,
  ],
  [['put', 'T', '--item', '[1]'], /^error: --item has to be a JSON object: --item '\{"id":"1"\}'\.\n$/],
  [['put', 'T', '--item', '12'], /^error: --item has to be a JSON object/],
  [['put', 'T', '--item', 'null'], /^error: --item has to be a JSON object/],
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

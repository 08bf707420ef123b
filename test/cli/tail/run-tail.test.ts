import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type StreamViewType,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { warningLogger } from '../../../src/cli/terminal/warning-logger.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { FAKE_STREAM, FakeStreams } from '../../fixtures/fake-streams.ts';
import { contextFor } from '../context.ts';
import { codeOf } from '../dev/code.ts';
import { inProcess } from '../in-process.ts';
import { inTerminal } from '../terminal.ts';

let aws: Emulators;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
});

afterAll(() => aws.stop());

const READY = /Ctrl-C stops\.\n/;

async function writeLife({ client, name, put }: EmulatedTable): Promise<void> {
  const key = { pk: { S: 'a' }, sk: { S: 'b' } };
  await put({ ...key, status: { S: 'OPEN' }, total: { N: '0.1234567890123456789' } });
  await put({ ...key, status: { S: 'PAID' }, total: { N: '0.1234567890123456789' }, tags: { SS: ['x'] } });
  await client.send(new DeleteItemCommand({ TableName: name, Key: key }));
}

const LIFE = [
  'INSERT pk="a" sk="b"',
  '  + status  "OPEN"',
  '  + total   0.1234567890123456789',
  'MODIFY pk="a" sk="b"',
  '  ~ status  "OPEN" -> "PAID"',
  '  + tags    ["x"]',
  'REMOVE pk="a" sk="b"',
  '  - status  "PAID"',
  '  - tags    ["x"]',
  '  - total   0.1234567890123456789',
];

/** The lines without the time, which they begin with. */
const linesOf = (output: string): string[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));

describe('streamlane tail', () => {
  const run = inProcess;
  test('prints changes as they happen, until Ctrl-C', async () => {
    const table = await emulatedTable(aws);
    await table.fill(1); // before: not shown
    const command = run(['tail', table.name], { env });
    await command.seen(READY);
    await writeLife(table);
    await command.seen(/REMOVE.*\n.*\n.*\n.*- total.*\n/);
    command.interrupt();
    const { code, stdout, stderr } = await command.ended();

    expect(linesOf(stdout)).toEqual(LIFE);
    expect(stderr).toBe(
      `Tailing ${table.name} from LATEST, DynamoDB at ${aws.dynamodb.endpoint}. Ctrl-C stops.\n`,
    );
    expect(code).toBe(EXIT.ok);
  });

  test('an attribute named __proto__ that was put is shown like any other', async () => {
    const table = await emulatedTable(aws);
    const item = '{"pk":"a","sk":"b","__proto__":{"__proto__":[null,1.5]}}';
    expect(await run(['put', table.name, '--item', item], { env }).ended()).toMatchObject({ code: EXIT.ok });
    const tail = (...flags: string[]) =>
      run(['tail', table.name, '--from', 'TRIM_HORIZON', '--limit', '1', ...flags], { env }).ended();
    expect(linesOf((await tail()).stdout)).toEqual([
      'INSERT pk="a" sk="b"',
      '  + __proto__  {"__proto__":[null,1.5]}',
    ]);
    expect((await tail('--json')).stdout).toContain(
      '"newImage":{"__proto__":{"__proto__":[null,1.5]},"pk":"a"',
    );
  });

  test('--from TRIM_HORIZON begins with the oldest, --limit ends it, --json is for programs', async () => {
    const table = await emulatedTable(aws);
    await writeLife(table);
    const argv = ['tail', table.name, '--from', 'TRIM_HORIZON', '--limit', '2', '--json'];
    const { code, stdout } = await run(argv, { env }).ended();
    const [inserted, modified, ...others] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(code).toBe(EXIT.ok);
    expect(others).toEqual([]);
    expect(inserted).toMatchObject({
      eventName: 'INSERT',
      keys: { pk: 'a', sk: 'b' },
      sequenceNumber: `${1}`.padStart(21, '0'),
    });
    expect(inserted).not.toHaveProperty('oldImage');
    expect(modified).toMatchObject({
      eventName: 'MODIFY',
      table: table.name,
      oldImage: { status: 'OPEN' },
      newImage: { status: 'PAID', tags: ['x'] },
      changes: [
        { path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' },
        { path: 'tags', kind: 'added', after: ['x'] },
      ],
      expired: false,
      at: expect.stringMatching(/^\d{4}-.+Z$/),
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(stdout).toContain('"total":0.1234567890123456789');
  });

  test.each([
    ['--only modify', ['--only', 'modify'], ['MODIFY']],
    ['--only with two', ['--only', 'insert,remove'], ['INSERT', 'REMOVE']],
    ['--only given twice', ['--only', 'insert', '--only', 'REMOVE'], ['INSERT', 'REMOVE']],
    ['--where', ['--where', '{"dynamodb":{"NewImage":{"status":{"S":["PAID"]}}}}'], ['MODIFY']],
    ['both', ['--only', 'insert', '--where', '{"dynamodb":{"Keys":{"pk":{"S":["a"]}}}}'], ['INSERT']],
  ])('%s chooses', async (_name, argv, events) => {
    const table = await emulatedTable(aws);
    await writeLife(table);
    const limit = [
      '--limit',
      `${events.length}`,
      '--from',
      'TRIM_HORIZON',
      '--json',
      '--region',
      'eu-west-1',
    ];
    const { stdout } = await run(['tail', table.name, ...argv, ...limit], { env }).ended();
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).eventName),
    ).toEqual(events);
  });

  test('a table that is deleted ends it', async () => {
    const table = await emulatedTable(aws);
    const command = run(['tail', table.name], { env });
    await command.seen(READY);
    await table.client.send(new DeleteTableCommand({ TableName: table.name }));
    const { code, stderr } = await command.ended();
    expect(stderr).toMatch(/error: The stream of .+ is gone: its table was deleted\.\n$/);
    expect(code).toBe(EXIT.failed);
  });

  test('a server that goes away is waited for, and reported', async () => {
    const own = await emulatedServers();
    const table = await emulatedTable(own);
    const command = run(['tail', table.name], { env: own.environment });
    await command.seen(READY);
    await own.stop();
    await command.seen(/warning: GetRecords failed; it is tried again: .+\n/);
    command.interrupt();
    expect((await command.ended()).code).toBe(EXIT.ok);
  });

  test.each([
    ['a table that is not there', 'Nowhere', /^error: There is no table Nowhere here\. .+\n$/],
    [
      'a table without a stream',
      'Streamless',
      /^error: The table Streamless has no stream\. Enable one: aws dynamodb .+\n$/,
    ],
  ])('%s is told in one line', async (_name, table, line) => {
    await new DynamoDBClient(aws.dynamodb)
      .send(
        new CreateTableCommand({
          TableName: 'Streamless',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
      .catch(() => {}); // it is there already
    const { code, stderr } = await run(['tail', table], { env }).ended();
    expect(stderr).toMatch(line);
    expect(code).toBe(EXIT.failed);
  });

  test.each([
    [['--where', '{'], /^error: --where: Invalid filter pattern definition\. .+\n$/],
    [['--limit', '0'], /^error: --limit has to be a whole number from 1, got 0\.\n$/],
    [
      ['--from', 'AT_TIMESTAMP'],
      /^error: option '--from <position>' argument 'AT_TIMESTAMP' is invalid\. .+\n$/,
    ],
    [['--only', 'update'], /^error: --only takes insert, modify, remove, got update\.\n$/],
  ])('%j is bad input', async (argv, line) => {
    const { code, stderr } = await run(['tail', 'T', ...argv], { env }).ended();
    expect(stderr).toMatch(line);
    expect(code).toBe(EXIT.usage);
  });
});

test.each<[StreamViewType, string[]]>([
  ['KEYS_ONLY', ['INSERT id="1"', 'MODIFY id="1"']],
  ['NEW_IMAGE', ['INSERT id="1"', '  + n  1', 'MODIFY id="1"', '    n  2']],
  ['OLD_IMAGE', ['INSERT id="1"', 'MODIFY id="1"', '    n  1']],
])('a stream of %s: its images are shown, and no difference is made up', async (viewType, lines) => {
  const name = `Tail-${viewType}`;
  for (const argv of [
    ['tables', 'create', name, '--keys', 'id', '--view-type', viewType],
    ['put', name, '--item', '{"id":"1","n":1}', '--item', '{"id":"1","n":2}'],
  ]) {
    expect((await inProcess(argv, { env }).ended()).stderr).toBe('');
  }
  const { stdout } = await inProcess(['tail', name, '--from', 'TRIM_HORIZON', '--limit', '2'], {
    env,
  }).ended();
  expect(linesOf(stdout)).toEqual(lines);
});

test('in a terminal it has colours, and Ctrl-C ends it', async () => {
  const table = await emulatedTable(aws);
  const terminal = inTerminal(['tail', table.name], { env });
  await terminal.seen(/Ctrl-C stops/);
  await writeLife(table);
  await terminal.seen(/REMOVE[\s\S]*- total/);
  terminal.type('\x03');
  const { code, output } = await terminal.ended();
  expect(output).toContain('\x1b[32mINSERT\x1b[39m \x1b[1mpk="a" sk="b"\x1b[22m');
  expect(output).toContain('\x1b[33mMODIFY\x1b[39m');
  expect(output).toContain('\x1b[31m"OPEN"\x1b[39m\x1b[2m -> \x1b[22m\x1b[32m"PAID"\x1b[39m');
  expect(code).toBe(EXIT.ok);
});

describe('the log entries of its mapping', () => {
  const fields = { error: new Error('down') };

  test.each([
    ['a warning, with its reason', false, 'warn', fields, 'warning: It failed: down\n'],
    [
      'a reason without a message',
      false,
      'warn',
      { error: new TypeError() },
      'warning: It failed: TypeError\n',
    ],
    ['a warning without a reason', false, 'warn', {}, 'warning: It failed\n'],
    ['an error, which the command tells of itself', false, 'error', fields, ''],
    ['an error with --verbose', true, 'error', fields, 'warning: It failed: down\n'],
    ['anything less', true, 'info', fields, ''],
  ] as const)('%s', (_name, verbose, level, more, line) => {
    const { context, stderr } = contextFor({});
    warningLogger({ ...context, verbose })[level]('It failed', more);
    expect(stderr()).toBe(line);
  });
});

test('a record that cannot be read is skipped with a warning, and the ones after it are printed', async () => {
  const streams = await FakeStreams.start();
  streams.addShard('s');
  streams.table = {
    TableName: 'Invoices',
    LatestStreamArn: FAKE_STREAM,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true },
  };
  streams.write('s', 'before');
  streams.writeRaw('s', {
    eventID: 'a'.repeat(32),
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: `1${'0'.repeat(21)}`, Keys: { pk: { S: 'bad' } }, NewImage: { pk: null } },
  });
  streams.writeRaw('s', {
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: `2${'0'.repeat(21)}`,
      ApproximateCreationDateTime: Date.now() / 1000,
      Keys: { pk: { S: 'after' } },
      NewImage: { pk: { S: 'after' } },
    },
  });
  const flags = ['--endpoint', streams.endpoint, '--region', 'eu-central-1'];
  const { stdout, stderr } = await inProcess(
    ['tail', 'Invoices', '--from', 'TRIM_HORIZON', '--limit', '2', ...flags],
    { env },
  ).ended();
  expect(linesOf(stdout)).toEqual(['INSERT pk="before"', 'INSERT pk="after"']);
  expect(stderr).toMatch(/warning: record a{32} \(sequence number 10{21}\) cannot be read: /);
  await streams.stop();
});

const QUIET_HANDLER = { 'handler.ts': 'export const handler = () => {};' };

// The SDK's own retries make three calls.
test.each<[string, () => readonly string[]]>([
  ['tail', () => ['Invoices']],
  ['console', () => ['--table', 'Invoices']],
  ['dev', () => [codeOf(QUIET_HANDLER).path('handler.ts'), '--table', 'Invoices']],
])('%s waits until a server that fails at first describes the table', async (command, args) => {
  const streams = await FakeStreams.start();
  streams.addShard('s');
  streams.table = {
    TableName: 'Invoices',
    LatestStreamArn: FAKE_STREAM,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true },
  };
  streams.fail('DescribeTable', 'ThrottlingException', 4);
  const flags = ['--endpoint', streams.endpoint, '--region', 'eu-central-1'];
  const running = inProcess([command, ...args(), ...flags], { env });
  await running.seen(/Ctrl-C stops/);
  running.interrupt();
  const { stderr } = await running.ended();
  expect(stderr).toContain('warning: DescribeTable failed; it is tried again: ThrottlingException\n');
  await streams.stop();
});

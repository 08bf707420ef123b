import { DeleteItemCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import type { ConsoleEvent } from '../../../src/console/protocol/events.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { enterConsole } from '../../console/enter-console.ts';
import { emulatedServers, emulatedTable } from '../../fixtures/emulated.ts';
import { FAKE_STREAM, FakeStreams } from '../../fixtures/fake-streams.ts';
import { inProcess } from '../in-process.ts';
import type { RunningCommand } from '../running-command.ts';

let aws: Emulators;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
});

afterAll(() => aws.stop());

const URL_LINE = /The live console: (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)/;

const watch = (table: string, ...flags: string[]): RunningCommand =>
  inProcess(['console', '--table', table, ...flags], { env });

/** Reads the events of the page until they are as wanted. */
async function eventsOf(
  command: RunningCommand,
  isEnough: (events: readonly ConsoleEvent[]) => boolean,
): Promise<readonly ConsoleEvent[]> {
  const [, url = ''] = await command.seen(URL_LINE);
  return (await enterConsole(url)).eventsUntil(isEnough);
}

const read = (events: readonly ConsoleEvent[]) =>
  events.flatMap((event) => (event.event === 'read' ? event.records : []));

test('changes with both images are shown as they happen, and no invocation, checkpoint or handler is', async () => {
  const table = await emulatedTable(aws);
  const key = { pk: { S: 'a' }, sk: { S: 'b' } };
  await table.put({ ...key, status: { S: 'before' } });
  const command = watch(table.name);
  await command.seen(/Ctrl-C stops/);
  await table.put({ ...key, status: { S: 'OPEN' } });
  await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: key }));
  const events = await eventsOf(command, (seen) => read(seen).length === 2);
  expect(read(events)).toMatchObject([
    { eventName: 'MODIFY', oldImage: { status: { S: 'before' } }, newImage: { status: { S: 'OPEN' } } },
    { eventName: 'REMOVE', oldImage: { status: { S: 'OPEN' } } },
  ]);
  const started = events.find(({ event }) => event === 'started');
  expect(started).toMatchObject({ table: table.name, startingPosition: 'LATEST' });
  expect(started).not.toHaveProperty('handler');
  command.interrupt();
  expect((await command.ended()).code).toBe(EXIT.ok);
  const names = new Set(events.map(({ event }) => event));
  for (const name of ['invocationStarted', 'invocation', 'checkpoint', 'filtered', 'retry'] as const) {
    expect(names).not.toContain(name);
  }
});

test('--from TRIM_HORIZON begins with the oldest change, and --mask hides values', async () => {
  const table = await emulatedTable(aws);
  await table.put({ pk: { S: 'a' }, sk: { S: 'b' }, email: { S: 'private' }, total: { N: '1' } });
  const command = watch(table.name, '--from', 'TRIM_HORIZON', '--mask', 'email');
  const events = await eventsOf(command, (seen) => read(seen).length === 1);
  expect(read(events)).toMatchObject([{ eventName: 'INSERT', newImage: { total: { N: '1' } } }]);
  expect(JSON.stringify(events)).not.toContain('private');
  command.interrupt();
  const { code, stderr } = await command.ended();
  expect(code).toBe(EXIT.ok);
  expect(stderr).toMatch(
    new RegExp(
      `^Watching ${table.name} from TRIM_HORIZON, DynamoDB at .+\\. Ctrl-C stops\\.\\nThe live console: http`,
    ),
  );
});

/** A stream on AWS, as far as the command can tell. */
async function fakeStream(): Promise<FakeStreams> {
  const streams = await FakeStreams.start();
  onTestFinished(() => streams.stop());
  streams.addShard('s');
  streams.table = {
    TableName: 'Invoices',
    LatestStreamArn: FAKE_STREAM,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true },
  };
  return streams;
}

const watchFake = (streams: FakeStreams) =>
  watch('Invoices', '--from', 'TRIM_HORIZON', '--endpoint', streams.endpoint, '--region', 'eu-central-1');

test('all that it asks of AWS is to read', async () => {
  const streams = await fakeStream();
  streams.write('s', 'a');
  const command = watchFake(streams);
  await eventsOf(command, (seen) => read(seen).length === 1);
  command.interrupt();
  expect((await command.ended()).code).toBe(EXIT.ok);
  expect(new Set(streams.calls.map((call) => call.split(' ')[0]))).toEqual(
    new Set(['DescribeTable', 'DescribeStream', 'GetShardIterator', 'GetRecords']),
  );
});

test('it ends when the stream is disabled', async () => {
  const streams = await fakeStream();
  const command = watchFake(streams);
  await command.seen(/Ctrl-C stops/);
  streams.status = 'DISABLED';
  streams.closeShard('s');
  expect((await command.ended()).code).toBe(EXIT.ok);
});

test.each([
  [['--console-port', 'x'], EXIT.usage, /^error: --console-port has to be a port from 1 to 65535/],
  [['--from', 'NOW'], EXIT.usage, /^error: option '--from <position>' argument 'NOW' is invalid\. .+\n$/],
])('%j is refused', async (flags, code, message) => {
  const ended = await watch('Any', ...flags).ended();
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(message);
});

test('--open without a browser prints the URL to open', async () => {
  const table = await emulatedTable(aws);
  const command = inProcess(['console', '--table', table.name, '--open'], {
    env: { ...env, BROWSER: '/no/such/browser' },
  });
  await command.seen(/No browser could be opened. Open http:\S+token=/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('a table that is deleted ends it with an error', async () => {
  const table = await emulatedTable(aws);
  const command = watch(table.name, '--region', 'eu-west-1');
  await command.seen(/Ctrl-C stops/);
  await table.client.send(new DeleteTableCommand({ TableName: table.name }));
  const { code, stderr } = await command.ended();
  expect(stderr).toMatch(/error: The stream of .+ is gone: its table was deleted\.\n$/);
  expect(code).toBe(EXIT.failed);
});

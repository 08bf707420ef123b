import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { openConsole } from '../../../src/cli/servers/open-console.ts';
import type { ConsoleEvent } from '../../../src/console/protocol/events.ts';
import { freePort } from '../../../src/emulators/free-port.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { enterConsole } from '../../console/enter-console.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { inProcess } from '../in-process.ts';
import { codeOf, STREAMLANE } from './code.ts';

let aws: Emulators;
let client: DynamoDBClient;
let table: string;
let tables = 0;

beforeAll(async () => {
  aws = await emulatedServers();
  client = new DynamoDBClient(aws.dynamodb);
});

afterAll(() => aws.stop());

beforeEach(() => {
  table = `Served${++tables}`;
});

const put = (id: string) =>
  client.send(new PutItemCommand({ TableName: table, Item: { id: { S: id }, email: { S: 'private' } } }));

const dev = (flags: readonly string[], terminal = false) =>
  inProcess(
    [
      'dev',
      codeOf({
        'handler.ts': `import { streamRouter } from ${STREAMLANE};
          export const handler = streamRouter().onInsert(() => { throw new Error('not today'); });`,
      }).path('handler.ts'),
      ...['--table', table, '--create', 'id', ...flags],
    ],
    { env: aws.environment, terminal },
  );

const isRetried = (events: readonly ConsoleEvent[]) => events.some(({ event }) => event === 'retry');

const READY = /Ctrl-C stops/;
const URL_LINE = /The live console: (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)/;

test('the console shows what happens, without masked values, until the command ends', async () => {
  const command = dev(['--console', '--mask', 'email']);
  await command.seen(READY);
  const [, url = ''] = (await command.seen(URL_LINE)) ?? [];
  const { eventsUntil } = await enterConsole(url);
  await put('a');
  const text = JSON.stringify(await eventsUntil(isRetried));
  expect(text).toContain(`"event":"started","table":"${table}"`);
  expect(text).toContain('"keys":{"id":{"S":"a"}}');
  expect(text).toContain('"message":"Error: not today"');
  expect(text).toMatch(/"source":\{"firstLine":1,/);
  expect(text).not.toContain('private');
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  await expect(fetch(url)).rejects.toThrow();
});

test('the console gets the entities of records, and the code of the handler can be opened', async () => {
  const code = codeOf({
    'handler.ts': `import { defineTable, itemOf, prefix, streamRouter } from ${STREAMLANE};
      const item = itemOf<{ id: string }>();
      const app = defineTable({ name: 'App', keys: ['id'], entities: { Order: { item, match: { id: prefix('O') } } } });
      export const handler = streamRouter(app).onInsert(() => { throw new Error('not today'); });`,
  });
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--console'];
  const command = inProcess(argv, { env: { ...aws.environment, VISUAL: '', EDITOR: '', TERM_PROGRAM: '' } });
  const [, url = ''] = (await command.seen(URL_LINE)) ?? [];
  await command.seen(READY);
  const { eventsUntil, act } = await enterConsole(url);
  await put('O1');
  const text = JSON.stringify(await eventsUntil(isRetried));
  expect(text).toContain('"entities":[{"name":"Order","records":[[1,1]]}]');
  expect(text).toMatch(/"event":"routes","routesId":"([^"]+)".+"routes":\[{"routesId":"\1","taken":\[0\]/);
  const [, at] = /"at":"([^"]+)"/.exec(text) ?? [];
  expect(await act('openInEditor', { at })).toMatchObject([
    409,
    { message: expect.stringMatching(/^No editor is known\./) },
  ]);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test.each<[string, readonly string[], boolean, boolean]>([
  ['a terminal gets the console', [], true, true],
  ['--no-console turns it off', ['--no-console'], true, false],
  ['--json turns it off', ['--json'], true, false],
  ['a script gets no open port', [], false, false],
  ['a script that asks for it does', ['--console'], false, true],
])('%s', async (_name, flags, terminal, isServed) => {
  const command = dev(flags, terminal);
  await command.seen(READY);
  command.interrupt();
  const { stderr, stdout } = await command.ended();
  expect(URL_LINE.test(stderr)).toBe(isServed);
  expect(stdout).not.toContain('token=');
});

test('--open without a browser prints the URL to open', async () => {
  const command = inProcess(
    ['dev', 'test/cli/handlers.ts#counting', '--table', table, '--create', 'id', '--open'],
    { env: { ...aws.environment, BROWSER: '/no/such/browser' } },
  );
  await command.seen(/No browser could be opened. Open http:\S+token=/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('a port that is in use is an error with its remedy, and so is a wrong mask', async () => {
  const port = await freePort();
  const options = { port, mask: undefined, keyNames: [], failuresOf: () => [] };
  await using _first = await openConsole(options);
  await expect(openConsole(options)).rejects.toThrow(
    /^The live console cannot be served: .*EADDRINUSE.* Name another --console-port, or leave it out/,
  );
  await expect(openConsole({ ...options, mask: 'a,,b' })).rejects.toThrow(
    /^--mask names of attributes are expected/,
  );
});

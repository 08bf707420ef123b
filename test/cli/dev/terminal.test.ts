import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { startEmulators } from '../../../src/emulators/start-emulators.ts';
import { enterConsole } from '../../console/enter-console.ts';
import { spawned } from '../spawned.ts';
import { inTerminal, withoutStyle } from '../terminal.ts';
import { screenOf } from '../terminal-picture.ts';
import { type Code, codeOf, STREAMLANE } from './code.ts';

const COLUMNS = 100;
const CTRL_C = '\x03';

const dev = (code: Code, env: Readonly<Record<string, string>> = {}) =>
  inTerminal(['dev', code.path('handler.ts'), '--table', 'Invoices', '--create', 'id'], {
    env,
    columns: COLUMNS,
  });

/** Writes to the table of a command that runs its own servers, as a person does in another terminal. */
const put = async (id: string) => {
  const end = await spawned(['put', 'Invoices', '--item', JSON.stringify({ id })]).ended();
  expect(end).toMatchObject({ code: EXIT.ok });
};

const linesOf = async (output: string) =>
  (await screenOf(output, COLUMNS)).map((line) => line.translateToString(true));

test('the status stays at the bottom of a terminal, below lines that stay', async () => {
  const code = codeOf({
    'handler.ts': `import { streamRouter } from ${STREAMLANE};
      export const handler = streamRouter().onInsert(({ keys }) => { console.log('handling', keys.id); });`,
  });
  const command = dev(code);
  await command.seen(/Invoices · 0 records/);
  await put('a');
  await command.seen(/checkpoint 1\n[\s\S]*Invoices · 1 record · lag .* · checkpoint 1/);
  const lines = await linesOf(command.output());
  expect(lines.at(-1)).toMatch(/^Invoices · 1 record · lag .+ · checkpoint 1$/);
  expect(lines.filter((line) => line.startsWith('Invoices ·'))).toHaveLength(1);
  expect(lines.filter((line) => /✓ 1 record/.test(line))).toHaveLength(1);
  expect(lines).toContain('handling a');
  // Colours, here and nowhere else.
  expect(command.output()).toContain('\x1b[32m✓');
  command.type(CTRL_C);
  const { code: exit, output } = await command.ended();
  expect(exit).toBe(EXIT.ok);
  expect((await linesOf(output)).at(-1)).toMatch(/^Invoices · 1 record/);
}, 30_000);

test('Ctrl-C lets a handler finish that writes to the embedded servers; they are there until then', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = async () => {
        console.log('begun');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const { status } = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB!);
        console.log('answered ' + status);
      };`,
  });
  const command = dev(code);
  await command.seen(/Invoices · 0 records/);
  await put('a');
  await command.seen(/begun/);
  command.type(CTRL_C);
  await command.seen(/Stopping after running invocations/);
  const { code: exit, output } = await command.ended();
  expect(withoutStyle(output)).toMatch(/answered \d+/);
  expect(withoutStyle(output)).toMatch(/✓ 1 record .*→ checkpoint 1/);
  expect(exit).toBe(EXIT.ok);
}, 30_000);

test('Ctrl-C twice stops at once', async () => {
  await using aws = await startEmulators({ env: {} });
  const code = codeOf({
    'handler.ts': `export const handler = () => { console.log('begun'); return new Promise((resolve) => setTimeout(resolve, 60_000)); };`,
  });
  const command = inTerminal(
    ['dev', code.path('handler.ts'), '--table', 'Invoices', '--create', 'id', '--timeout', '900'],
    { env: aws.environment },
  );
  await command.seen(/Invoices · 0 records/);
  const Item = { id: { S: 'a' } };
  await new DynamoDBClient(aws.dynamodb).send(new PutItemCommand({ TableName: 'Invoices', Item }));
  await command.seen(/begun/);
  command.type(CTRL_C);
  await command.seen(/Ctrl-C again to stop now/);
  command.type(CTRL_C);
  expect((await command.ended()).code).toBe(EXIT.interrupted);
}, 30_000);

test('saving a file in another window reloads', async () => {
  const code = codeOf({ 'handler.ts': `console.log('first'); export const handler = () => {};` });
  const command = dev(code);
  await command.seen(/first[\s\S]*Invoices · 0 records/);
  code.write('handler.ts', `console.log('second'); export const handler = () => {};`);
  await command.seen(/second/);
  await command.seen(/↻ reloaded/);
  command.type(CTRL_C);
  expect((await command.ended()).code).toBe(EXIT.ok);
}, 30_000);

test('a terminal gets the URL of the live console, and the page of the package', async () => {
  await using aws = await startEmulators({ env: {} });
  const code = codeOf({ 'handler.ts': 'export const handler = () => {};' });
  const command = dev(code, aws.environment);
  // Below the URL, which a line end of the terminal may cut in two.
  await command.seen(/Invoices · 0 records/);
  const [url = ''] =
    /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}/.exec(
      withoutStyle(command.output()).replaceAll(/\r?\n/g, ''),
    ) ?? [];
  const { cookie } = await enterConsole(url);
  const [script, style] = await Promise.all(
    ['/page.js', '/page.css'].map(async (path) =>
      (await fetch(new URL(path, url), { headers: { cookie } })).text(),
    ),
  );
  expect(script).toContain('EventSource');
  expect(style).toContain('color-scheme');
  command.type(CTRL_C);
  expect((await command.ended()).code).toBe(EXIT.ok);
}, 30_000);

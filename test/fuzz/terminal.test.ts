import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DevReport } from '../../src/cli/dev/dev-report.ts';
import { formatFailures } from '../../src/cli/dev/format.ts';
import { openScreen } from '../../src/cli/dev/screen.ts';
import { failure } from '../../src/cli/errors/cli-error.ts';
import { explain } from '../../src/cli/errors/explain.ts';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { inProcess } from '../cli/in-process.ts';
import { inTerminal } from '../cli/terminal.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { recordOf } from '../fixtures/events.ts';

// Writes to the clipboard, forges a line, overwrites one, turns the direction of text.
const HOSTILE = '\x1b]52;c;aGk=\x07\n12:00:00 REMOVE forged\r\x9b2J\x7f\u202e\u2028';
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const ALLOWED = /\n|\u001b\[[\d;]*m/g;
// What moves and draws the bar of a replay.
// biome-ignore lint/suspicious/noControlCharactersInRegex: so do they
const BAR = /\u001b[78]|\u001b\[\??\d*[A-Zhl]|\r/g;
const CONTROL = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

let aws: Emulators;
let table: EmulatedTable;
let directory: string;

beforeAll(async () => {
  aws = await emulatedServers();
  table = await emulatedTable(aws);
  directory = mkdtempSync(join(tmpdir(), 'streamlane-hostile-'));
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await aws.stop();
});

function expectHarmless(output: string): void {
  expect(output.replaceAll(ALLOWED, '')).not.toMatch(CONTROL);
  for (const line of output.split('\n')) expect(line).not.toMatch(/^(?:12:00:00 REMOVE forged| ?ok)/);
}

const file = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const throwing = (): string =>
  file('throws.ts', `export const handler = () => { throw new Error(${JSON.stringify(HOSTILE)}); };`);
const logging = (): string =>
  file(
    'logs.ts',
    `export const handler = () => { console.log(${JSON.stringify(HOSTILE)}); console.error(new Error(${JSON.stringify(HOSTILE)})); };`,
  );
const event = (records: readonly object[]): string => file('event.json', { Records: records });
const hostileRecord = { ...recordOf({ id: HOSTILE }), eventID: HOSTILE, eventSourceARN: `arn:${HOSTILE}` };

describe.each([true, false])('on a terminal: %s', (terminal) => {
  test.each<[string, () => readonly string[]]>([
    ['the message of a handler', () => ['invoke', throwing(), event([hostileRecord])]],
    ['its stack', () => ['invoke', throwing(), event([hostileRecord]), '--verbose']],
    [
      'the response of a handler',
      () => [
        'invoke',
        `${file('answers.ts', `export const handler = () => (${JSON.stringify({ [HOSTILE]: HOSTILE, batchItemFailures: [{ itemIdentifier: 'x' }] })});`)}`,
        event([hostileRecord]),
      ],
    ],
    ['the same as JSON', () => ['invoke', join(directory, 'answers.ts'), event([hostileRecord]), '--json']],
    ['an export that is not there', () => ['invoke', `${throwing()}#${HOSTILE}`, event([])]],
    ['a name of a file', () => ['invoke', throwing(), HOSTILE]],
    ['a flag', () => ['put', `--${HOSTILE}`]],
    ['a table that is not there', () => ['tail', HOSTILE, '--endpoint', aws.dynamodb.endpoint]],
    ['a body of JSON that is none', () => ['put', 'T', '--item', `{${HOSTILE}`]],
    ['an endpoint', () => ['put', 'T', '--item', '{}', '--endpoint', `http:${HOSTILE}`]],
    [
      'what stays of a replay',
      () => [
        'replay',
        file('letters.json', [createDeadLetter(hostileRecord, new Error(HOSTILE), undefined)]),
        '--handler',
        throwing(),
      ],
    ],
    [
      'the same as JSON',
      () => [
        'replay',
        file('letters.json', [createDeadLetter(hostileRecord, new Error(HOSTILE), undefined), HOSTILE]),
        '--handler',
        throwing(),
        '--json',
      ],
    ],
    [
      'an error with --verbose',
      () => ['replay', '--queue', `http://127.0.0.1:9/${HOSTILE}`, '--dry-run', '--verbose'],
    ],
  ])('%s', async (_name, argv) => {
    const env = { ...aws.environment, ...(terminal && { FORCE_COLOR: '1' }) };
    const { stdout, stderr } = await inProcess(argv(), { env, terminal }).ended();
    expect(stdout + stderr).not.toBe('');
    expectHarmless(stdout);
    expectHarmless(stderr.replaceAll(BAR, ''));
  });

  test.each([false, true])('the changes of a table, as JSON: %s', async (json) => {
    await table.put({
      pk: { S: HOSTILE },
      sk: { S: `${json}${terminal}` },
      [HOSTILE]: { M: { [HOSTILE]: { S: HOSTILE } } },
    });
    const argv = ['tail', table.name, '--from', 'TRIM_HORIZON', '--limit', '1', ...(json ? ['--json'] : [])];
    const { stdout, stderr } = await inProcess(argv, { env: aws.environment, terminal }).ended();
    expectHarmless(stdout + stderr);
    if (json) expect(JSON.parse(stdout).newImage[HOSTILE]).toEqual({ [HOSTILE]: HOSTILE });
    else expect(stdout).toContain('\\u001b]52;c;aGk=\\u0007\\n12:00:00 REMOVE forged');
  });
});

test('what a handler logs in a terminal', async () => {
  const env = { ...aws.environment };
  for (const argv of [
    ['invoke', logging(), event([hostileRecord])],
    [
      'replay',
      file('letters.json', [createDeadLetter(recordOf(), new Error(''), undefined)]),
      '--handler',
      logging(),
    ],
  ]) {
    const { output } = await inTerminal(argv, { env }).ended();
    expect(output).not.toContain('\x1b]52');
    expect(output).not.toContain('\x9b');
    expect(output.split('\\u001b]52;c;aGk=\\u0007')).toHaveLength(3); // shown for stdout and for stderr
  }
}, 30_000);

test('what dev tells of', async () => {
  let written = '';
  const output = { write: (text: string) => (written += text), isTTY: false, columns: 80 } as never;
  const plain = (_format: unknown, text: string): string => text;
  const context = {
    io: { stdout: output, stderr: output, env: {}, signal: new AbortController().signal },
    style: plain,
    note: plain,
    verbose: true,
  } as never;
  const screen = await openScreen(context, false);
  const report = new DevReport(context, screen, { table: HOSTILE, handler: HOSTILE });
  report.reloaded();
  report.notLoaded(new Error(HOSTILE));
  const failures = [
    {
      eventID: HOSTILE,
      eventName: HOSTILE,
      keys: { [HOSTILE]: { S: HOSTILE } },
      deadLettered: false,
      message: HOSTILE,
      at: HOSTILE,
      stack: `Error: ${HOSTILE}\n    at x`,
    },
  ];
  for (const line of formatFailures(failures, plain, true)) screen.line(line);
  screen.status(HOSTILE);
  screen.done();
  expect(written).toContain('forged');
  expectHarmless(written);
});

test('an error is one line in time that grows with its length', () => {
  const started = performance.now();
  for (const space of [' ', '\n', '\t ', ' \n ']) {
    const { message } = explain(failure(`a${space.repeat(80_000)}b${space.repeat(80_000)}`));
    expect(message).not.toContain('\n');
  }
  expect(performance.now() - started).toBeLessThan(500);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { separateOutputs, writeAboveLogs } from '../../../src/cli/terminal/separate-outputs.ts';
import { spawned } from '../spawned.ts';
import { inTerminal } from '../terminal.ts';

test.each([true, false])(
  'what a handler logs goes to stderr, on a terminal (%s) without control over it',
  (isTTY) => {
    const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns: 80 });
    const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
    const own = separateOutputs({ stdout, stderr });
    stdout.write('a \x1b[31mlog\x1b[0m\x07\n');
    stdout.write(Buffer.from('bytes\x07\n'));
    stderr.write('an error\x07\n');
    own.stdout.write('a response\n');
    own.stderr.write('of ours\x07\n');
    // A handler may write after the answer of its command.
    stdout.write('late\x07\n');
    writeAboveLogs(own.stderr, '<');
    stdout.write('above a bar\n');
    writeAboveLogs(own.stderr, '');
    stderr.write('below\n');
    const bell = isTTY ? '\\u0007' : '\x07';
    expect(stdout.read()).toBe('a response\n');
    expect(own.stdout.columns).toBe(80);
    // A colour ends with its text.
    const reset = isTTY ? '\x1b[0m' : '';
    expect(stderr.read()).toBe(
      `a \x1b[31mlog\x1b[0m${bell}${reset}\nbytes${bell}\nan error${bell}\nof ours\x07\nlate${bell}\n` +
        '<above a bar\nbelow\n',
    );
  },
);

describe('a module that writes until its process ends', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'streamlane-late-'));
    writeFileSync(join(directory, 'event.json'), '{"Records":[]}');
    writeFileSync(
      join(directory, 'late.mjs'),
      `const write = (when) => {
        console.log(when + '\\x1b]52;c;aGk=\\x07');
        console.error(when + '\\x1b]52;c;aGk=\\x07');
      };
      setInterval(() => write('later'), 1);
      process.on('exit', () => write('at the end'));
      export const handler = () => write('at once');`,
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  // A server that no test has to start.
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'eu-central-1' };
  const COMMANDS: readonly (readonly string[])[] = [
    ['invoke', 'late.mjs', 'event.json'],
    ['mapping', 'late.mjs', '--starting-position', 'LATEST'],
    ['replay', 'event.json', '--handler', 'late.mjs'],
    ['dev', 'late.mjs', '--table', 'T', '--mapping', 'none'],
  ];

  test.each<[name: string | undefined, argv: readonly string[]]>(COMMANDS.map((argv) => [argv[0], argv]))(
    'has no control over the terminal of streamlane %s',
    async (_, argv) => {
      const { output } = await inTerminal(argv, { cwd: directory, env }).ended();
      expect(output).toContain('at the end\\u001b]52;c;aGk=\\u0007');
      expect(output).not.toContain('\x1b]52');
    },
  );

  test('writes nothing to stdout after the response of streamlane invoke', async () => {
    const { code, stdout, stderr } = await spawned(['invoke', 'late.mjs', 'event.json', '--json'], {
      cwd: directory,
      env,
    }).ended();
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded' });
    expect(stderr).toContain('at the end\x1b]52;c;aGk=\x07');
    expect(code).toBe(0);
  });

  test('nor while the embedded servers stop', async () => {
    const argv = ['invoke', 'late.mjs', 'event.json'];
    const { output } = await inTerminal(argv, { cwd: directory, env: {} }).ended();
    expect(output.split('Successfully processed 0 records.')[1]).toContain('later\\u001b]52');
    expect(output).not.toContain('\x1b]52');
  });
});

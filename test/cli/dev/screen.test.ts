import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openScreen } from '../../../src/cli/dev/screen.ts';
import { styled } from '../../../src/cli/terminal/terminal-text.ts';
import { contextFor } from '../context.ts';

test.each([0, 80])('on a terminal of %i columns the status can be seen', async (columns) => {
  const { context } = contextFor({});
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 });
  const screen = await openScreen({ ...context, io: { ...context.io, stdout } }, false);
  screen.status('3 records');
  screen.done();
  expect(`${stdout.read()}`).toContain('3 records');
});

test('in a log with colours, the status has colours', async () => {
  const { context } = contextFor({});
  const stdout = Object.assign(new PassThrough(), { isTTY: false });
  const screen = await openScreen({ ...context, style: styled, io: { ...context.io, stdout } }, false);
  screen.status('3 records');
  screen.done();
  expect(`${stdout.read()}`).toBe('\u001b[2m3 records\u001b[22m\n');
});

test.each([
  ['a line\n', false],
  ['a line', false],
  ['a line\n', true],
  ['a line', true],
])('what a handler writes, %j, ends its line; verbose: %s', async (written, verbose) => {
  const { context } = contextFor({});
  const stdout = Object.assign(new PassThrough(), { isTTY: false });
  const screen = await openScreen({ ...context, verbose, io: { ...context.io, stdout } }, false);
  const output = new PassThrough();
  screen.pipe(output);
  output.end(written);
  await once(output, 'end');
  screen.done();
  expect(`${stdout.read()}`).toBe('a line\n');
});

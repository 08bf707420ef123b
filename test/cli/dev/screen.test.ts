import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openScreen } from '../../../src/cli/dev/screen.ts';
import { contextFor } from '../context.ts';

test.each([0, 80])('on a terminal of %i columns the status can be seen', async (columns) => {
  const { context } = contextFor({});
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 });
  const screen = await openScreen({ ...context, io: { ...context.io, stdout } }, false);
  screen.status('3 records');
  screen.done();
  expect(`${stdout.read()}`).toContain('3 records');
});

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliIo } from '../../../src/cli/terminal/io.ts';
import { logsToStderr } from '../../../src/cli/terminal/logs-to-stderr.ts';

test.each([true, false])(
  'what a handler logs goes to stderr, on a terminal (%s) without control over it',
  (isTTY) => {
    const stdout = new PassThrough({ encoding: 'utf8' });
    const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
    const restore = logsToStderr({ stdout, stderr } as unknown as CliIo);
    stdout.write('a \x1b[31mlog\x1b[0m\x07\n');
    stdout.write(Buffer.from('bytes\x07\n'));
    stderr.write('an error\x07\n');
    restore();
    stdout.write('a response\n');
    stderr.write('of ours\x07\n');
    const bell = isTTY ? '\\u0007' : '\x07';
    expect(stdout.read()).toBe('a response\n');
    // What it colours ends with its text.
    const reset = isTTY ? '\x1b[0m' : '';
    expect(stderr.read()).toBe(
      `a \x1b[31mlog\x1b[0m${bell}${reset}\nbytes${bell}\nan error${bell}\nof ours\x07\n`,
    );
  },
);

import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/command.ts';
import { openProgress } from '../../../src/cli/replay/progress.ts';

function contextOf(isTTY: boolean) {
  const written = { stdout: '', stderr: '' };
  const writable = (name: keyof typeof written) =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          written[name] += chunk;
          done();
        },
      }),
      { isTTY, columns: 80 },
    );
  const io = { stdout: writable('stdout'), stderr: writable('stderr') };
  const plain = (_format: unknown, text: string) => text;
  return { written, context: { io, style: plain, note: plain } as unknown as CommandContext };
}

test.each([true, false])(
  'until its end a handler writes to stderr, on a terminal (%s) above the bar',
  async (isTTY) => {
    const { written, context } = contextOf(isTTY);
    const { stdout } = context.io;
    const progress = await openProgress(context);
    stdout.write('a log\n');
    stdout.write(Buffer.from('bytes\n'));
    progress.warn('GetRecords: no');
    progress.end();
    progress.end();
    stdout.write('a result\n');
    const line = isTTY ? '\r\x1b[K' : '';
    expect(written).toEqual({
      stdout: 'a result\n',
      stderr: `${line}a log\n${line}bytes\n${line}warning: GetRecords: no\n`,
    });
  },
);

test('elsewhere than on a terminal, a line says how far it is every five seconds', async () => {
  const { written, context } = contextOf(false);
  let now = 1_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    const progress = await openProgress(context);
    progress.set({ records: 3, succeeded: 0, failed: 0 });
    now += 5_000;
    progress.set({ records: 3, succeeded: 1, failed: 1 });
    progress.set({ records: 3, succeeded: 2, failed: 1 });
    progress.end();
  } finally {
    clock.mockRestore();
  }
  expect(written.stderr).toBe('Replayed 1 of 3 records, 1 failed.\n');
});

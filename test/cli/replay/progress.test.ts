import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/command.ts';
import { openProgress } from '../../../src/cli/replay/progress.ts';
import { separateOutputs } from '../../../src/cli/terminal/separate-outputs.ts';

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
  const process = { stdout: writable('stdout'), stderr: writable('stderr') };
  const io = separateOutputs(process);
  const plain = (_format: unknown, text: string) => text;
  return { written, process, context: { io, style: plain, note: plain } as unknown as CommandContext };
}

test.each([true, false])(
  'what a handler writes, on a terminal (%s), stands above the bar until its end',
  async (isTTY) => {
    const { written, context, process } = contextOf(isTTY);
    const progress = await openProgress(context);
    process.stdout.write('a log\n');
    process.stdout.write(Buffer.from('bytes\n'));
    progress.warn('GetRecords: no');
    progress.end();
    progress.end();
    context.io.stdout.write('a result\n');
    process.stdout.write('late');
    const line = isTTY ? '\r\x1b[K' : '';
    expect(written).toEqual({
      stdout: 'a result\n',
      stderr: `${line}a log\n${line}bytes\n${line}warning: GetRecords: no\nlate`,
    });
  },
);

test('on a terminal, the bar is redrawn below the output of a handler, also if its line has no end', async () => {
  const { written, context, process } = contextOf(true);
  const progress = await openProgress(context);
  progress.set({ records: 3, succeeded: 1, failed: 0 });
  process.stdout.write('a log');
  process.stderr.write(Buffer.from('an error\n'));
  const at = written.stderr.length;
  expect(written.stderr).toContain('\r\x1b[Ka log\n\r\x1b[Kan error\n');
  await vi.waitFor(() => expect(written.stderr.slice(at)).toContain('1/3 records'));
  progress.end();
});

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

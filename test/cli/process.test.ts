import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { type CliProcess, runProcess } from '../../src/cli/process.ts';
import { version } from '../../src/cli/version.ts';
import { commandEnvironment } from './environment.ts';

afterEach(() => vi.restoreAllMocks());

/** A process that notes its exit code, and ends no further. */
function fakeProcess(...argv: string[]) {
  const exits: (number | undefined)[] = [];
  const signals = new EventEmitter();
  const fake = Object.assign(signals, {
    argv: ['node', 'streamlane', ...argv],
    env: commandEnvironment(),
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    exit(code?: number) {
      exits.push(code);
    },
  });
  return {
    process: fake as unknown as CliProcess,
    signals,
    stdout: fake.stdout,
    stderr: () => `${fake.stderr.read() ?? ''}`,
    exits,
  };
}

test('all output is written before the process ends', async () => {
  const { process, signals, stdout, exits } = fakeProcess('--version');
  await runProcess(process);
  expect(stdout.read().toString()).toBe(`${version()}\n`);
  expect(exits).toEqual([EXIT.ok]);
  expect(signals.eventNames()).toEqual([]);
});

test('the first Ctrl-C asks a command to stop, the second ends the process', async () => {
  const { process, signals, exits } = fakeProcess('emulators');
  const running = runProcess(process);
  await new Promise(setImmediate);
  signals.emit('SIGINT');
  expect(exits).toEqual([]);
  signals.emit('SIGINT');
  expect(exits).toEqual([EXIT.interrupted]);
  await running;
  expect(exits).toEqual([EXIT.interrupted, EXIT.ok]);
});

test('an uncaught error ends the process with one line, and with its stack if --verbose is set', async () => {
  const { process, signals, stderr, exits } = fakeProcess('emulators', '--verbose');
  const running = runProcess(process);
  await new Promise(setImmediate);
  signals.emit('uncaughtException', new RangeError('late'));
  expect(exits).toEqual([EXIT.failed]);
  expect(stderr()).toMatch(/^error: Uncaught error: RangeError: late .+\n[\s\S]+ at /);
  signals.emit('SIGINT');
  await running;
});

test('an exit that the command did not ask for is a failure', async () => {
  const { process, signals, stderr } = fakeProcess('emulators');
  const running = runProcess(process);
  await new Promise(setImmediate);
  signals.emit('exit');
  expect(process.exitCode).toBe(EXIT.failed);
  expect(stderr()).toMatch(/^error: The code ended the process before the command had finished\. .+\n$/);
  signals.emit('SIGINT');
  await running;
});

test('an exit that the command asked for keeps its code', async () => {
  const { process, signals } = fakeProcess('emulators');
  const running = runProcess(process);
  await new Promise(setImmediate);
  signals.emit('SIGINT');
  signals.emit('SIGINT');
  signals.emit('exit');
  expect(process.exitCode).toBeUndefined();
  await running;
});

test.each([
  ['EPIPE', EXIT.ok],
  ['EIO', EXIT.failed],
])('an output that is closed with %s ends the process with %i', async (code, exitCode) => {
  const { process, stdout, exits } = fakeProcess('--version');
  const running = runProcess(process);
  stdout.emit('error', Object.assign(new Error(code), { code }));
  expect(exits).toEqual([exitCode]);
  await running;
});

test('main.ts runs the command line of its process', async () => {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', 'streamlane', '--version']);
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((_text, done: unknown) => {
    if (typeof done === 'function') done();
    return true;
  });
  await import('../../src/cli/main.ts');
  const written = write.mock.calls.map(([text]) => text);
  vi.restoreAllMocks();
  expect(exit.mock.calls).toEqual([[EXIT.ok]]);
  expect(written).toContain(`${version()}\n`);
});

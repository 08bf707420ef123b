import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { dynoxideBinary } from './dynoxide-binary.ts';
import { freePort } from './free-port.ts';
import { LIFELINE } from './lifeline.ts';
import type { LocalServer } from './local-server.ts';

const ATTEMPTS = 3;
const START_TIMEOUT_MS = 10_000;

/**
 * Starts Dynoxide, a DynamoDB server with streams in one binary, on a free port of 127.0.0.1.
 *
 * @throws ConfigurationError `MISSING_PEER`
 */
export async function startDynoxide(
  binary: string = dynoxideBinary(),
  startTimeoutMs: number = START_TIMEOUT_MS,
): Promise<LocalServer> {
  // Another process may take the port between the moment it was free and the moment Dynoxide binds it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = ['--input-type=module', '--eval', LIFELINE, '--'];
    const lifeline = spawn(
      process.execPath,
      [...program, binary, 'serve', '--host', '127.0.0.1', '--port', `${port}`],
      {
        stdio: ['pipe', 'ignore', 'pipe'],
        // Out of reach of Ctrl-C, which a terminal sends to the whole group: the user of the server decides when
        // it ends. Windows would open a window for it.
        detached: process.platform !== 'win32',
      },
    );
    const ended = new Promise<void>((resolve) => lifeline.once('exit', () => resolve()));
    const { listens, said } = await firstWords(lifeline.stderr, startTimeoutMs);
    if (listens) return { url, ended, stop: () => cut(lifeline) };
    await cut(lifeline);
    if (attempt === ATTEMPTS)
      throw new Error(`Dynoxide (${binary}) does not listen on ${url}. It said: ${said}`);
  }
}

/**
 * Waits until Dynoxide says that it listens. An answer on its port would prove nothing: another server may have taken
 * the port, and be the one that answers.
 */
function firstWords(stderr: Readable, timeoutMs: number): Promise<{ listens: boolean; said: string }> {
  return new Promise((resolve) => {
    let said = '';
    const end = (listens: boolean): void => {
      clearTimeout(timer);
      // Later output is dropped, but a pipe that is not read would stop it.
      stderr.removeAllListeners().resume();
      resolve({ listens, said: said.trim() });
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) end(true);
    });
    stderr.on('close', () => end(false));
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function cut(lifeline: ChildProcess): Promise<void> {
  if (hasEnded(lifeline)) return;
  const ended = once(lifeline, 'exit');
  lifeline.stdin?.destroy();
  await ended;
}

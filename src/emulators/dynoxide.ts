import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { dynoxideBinary } from './dynoxide-binary.ts';
import { freePort } from './free-port.ts';
import { LIFELINE } from './lifeline.ts';
import type { LocalServer } from './local-server.ts';

const ATTEMPTS = 3;
/** It takes a tenth of a second, but other processes may keep the machine busy. */
const START_TIMEOUT_MS = 60_000;

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
    const { outcome, said } = await firstWords(lifeline.stderr, startTimeoutMs);
    if (outcome === 'listens') return { url, ended, stop: () => cut(lifeline) };
    await cut(lifeline);
    // One that is slow would be slower with another one beside it.
    if (outcome === 'silent' || attempt === ATTEMPTS) {
      const problem =
        outcome === 'silent'
          ? `does not listen on ${url} after ${startTimeoutMs} ms`
          : `does not start on ${url}`;
      throw new Error(`Dynoxide (${binary}) ${problem}. It said: ${said || 'nothing'}`);
    }
  }
}

/** The first of three events: its message, its end, or the timeout. */
type Outcome = 'listens' | 'ended' | 'silent';

/**
 * Waits until Dynoxide says that it listens. An answer on its port would prove nothing: another server may have taken
 * the port, and be the one that answers.
 */
function firstWords(
  stderr: Readable,
  timeoutMs: number,
): Promise<{ readonly outcome: Outcome; readonly said: string }> {
  return new Promise((resolve) => {
    let said = '';
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      // Later output is dropped, but a pipe that is not read would stop it.
      stderr.removeAllListeners().resume();
      resolve({ outcome, said: said.trim() });
    };
    const timer = setTimeout(() => end('silent'), timeoutMs);
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) end('listens');
    });
    stderr.on('close', () => end('ended'));
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

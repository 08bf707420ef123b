import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import type { LocalServer } from './servers.ts';

const startTimeoutMs = 10_000;

/** Starts Dynoxide, a DynamoDB server with streams in one binary, on a free port of 127.0.0.1. */
export async function startDynoxide(): Promise<LocalServer> {
  const binary = dynoxideBinary();
  // Another process may take the port between the moment it was free and the moment Dynoxide binds it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const lifeline = spawn(
      process.execPath,
      [
        fileURLToPath(import.meta.resolve('./lifeline.ts')),
        binary,
        'serve',
        '--host',
        '127.0.0.1',
        '--port',
        `${port}`,
      ],
      { stdio: ['pipe', 'ignore', attempt < 3 ? 'ignore' : 'inherit'] },
    );
    if (await answers(url, lifeline)) return { url, stop: () => cut(lifeline) };
    await cut(lifeline);
    if (attempt === 3) throw new Error(`Dynoxide does not answer on ${url}.`);
  }
}

/** The binary that npm installed for this machine, either on its own or as a part of the package `dynoxide`. */
function dynoxideBinary(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const manifest = fileURLToPath(import.meta.resolve(`@dynoxide/${platform}/package.json`));
    return join(dirname(manifest), process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (cause) {
    throw new MissingServer(platform, { cause });
  }
}

async function answers(url: string, lifeline: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (!hasEnded(lifeline) && Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return true;
    await sleep(20);
  }
  return false;
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

/** No server for this machine: the message says what to do about it. */
export class MissingServer extends Error {
  override readonly name = 'MissingServer';

  constructor(platform: string, options?: ErrorOptions) {
    super(
      [
        `Dynoxide, the DynamoDB server of this demo, is not installed for ${platform}. Install it with`,
        '',
        '  npm i --no-save dynoxide',
        '',
        'or let the demo use servers that run already, such as DynamoDB Local or LocalStack, by setting',
        '',
        '  AWS_ENDPOINT_URL_DYNAMODB  AWS_ENDPOINT_URL_DYNAMODB_STREAMS  AWS_ENDPOINT_URL_SNS  AWS_ENDPOINT_URL_SQS',
      ].join('\n'),
      options,
    );
  }
}

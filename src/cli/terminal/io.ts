import type { Readable, Writable } from 'node:stream';

/** A stream of text that may be a terminal. */
export interface TextOutput extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/**
 * Everything a command has of its process, so that it runs inside a test as well. Whether it ends is decided by
 * what calls it: a command returns its exit code and never calls `process.exit`.
 */
export interface CliIo {
  readonly stdin: Readable;
  /** The result of the command. */
  readonly stdout: TextOutput;
  /** Everything else: the servers in use, progress, warnings, errors. */
  readonly stderr: TextOutput;
  /** `process.env`: handlers and the SDK read that one, so what a command sets here reaches them. */
  readonly env: NodeJS.ProcessEnv;
  /** The first Ctrl-C, or SIGTERM. The second ends the process at once. */
  readonly signal: AbortSignal;
}

/** Why {@link CliIo.signal} has aborted. */
export class Interruption extends Error {
  override readonly name: 'AbortError' = 'AbortError';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`The command was interrupted by ${signal}.`);
    this.signal = signal;
  }
}

/** Waits for Ctrl-C. */
export function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

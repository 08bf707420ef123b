import type { HandlerPoolOptions } from '../../../src/cli/dev/handler-pool.ts';
import { Sandbox, type SandboxOptions } from '../../../src/cli/dev/sandbox/sandbox.ts';
import { type Code, SOURCE } from './code.ts';

/** Starts a sandbox with the handler of some code. */
export function sandboxOf(code: Code, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return Sandbox.start({
    handler: code.path('handler.ts'),
    code: SOURCE,
    env: process.env,
    onOutput: (output) => void output.resume(),
    onFiles: () => {},
    onUnset: () => {},
    ...options,
  });
}

/** The options of a pool, with a log of what it reports. `start` starts a sandbox, with whatever code there is. */
export function poolParts(start: () => Promise<Sandbox>): {
  readonly log: string[];
  /** How many sandboxes were started. */
  readonly started: () => number;
  readonly options: HandlerPoolOptions;
} {
  const log: string[] = [];
  let started = 0;
  const counted = (): Promise<Sandbox> => {
    started++;
    return start();
  };
  return {
    log,
    started: () => started,
    options: {
      start: counted,
      startChanged: counted,
      onFailures: (failures) =>
        void log.push(...failures.map(({ sequenceNumber }) => `failed ${sequenceNumber}`)),
      onReloaded: () => void log.push('reloaded'),
      onNotLoaded: (error) => void log.push(`not loaded: ${(error as Error).message}`),
      onStuck: () => void log.push('stuck'),
    },
  };
}

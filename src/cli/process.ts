import { EXIT } from './exit-codes.ts';
import { runCli } from './program.ts';

/** What of a process the command needs. */
export type CliProcess = Pick<
  NodeJS.Process,
  'argv' | 'env' | 'exit' | 'off' | 'on' | 'stderr' | 'stdin' | 'stdout'
>;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the command of a process, and ends it: what a handler left open must not keep it alive. The first Ctrl-C
 * asks the command to finish, the second ends it.
 */
export async function runProcess(process: CliProcess): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(EXIT.interrupted);
    stopping.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  // `streamlane tail T | head`: who reads has had enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
  });
  const exitCode = await runCli(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    signal: stopping.signal,
  });
  for (const signal of SIGNALS) process.off(signal, stop);
  // Pipes take their time: what was written before is out once this is.
  await Promise.all([stdout, stderr].map((output) => new Promise((resolve) => output.write('', resolve))));
  process.exit(exitCode);
}

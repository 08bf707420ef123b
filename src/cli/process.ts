import { failure } from './errors/cli-error.ts';
import { EXIT } from './errors/exit-codes.ts';
import { explain } from './errors/explain.ts';
import { reportError } from './errors/report-error.ts';
import { runCli } from './program.ts';
import { Interruption } from './terminal/io.ts';

/** The members of `process` that a command uses. */
export type CliProcess = Pick<
  NodeJS.Process,
  'argv' | 'env' | 'exit' | 'exitCode' | 'off' | 'on' | 'stderr' | 'stdin' | 'stdout'
>;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the command of a process, and ends it: what a handler left open must not keep it alive. The first Ctrl-C
 * asks the command to finish, the second ends it.
 */
export async function runProcess(process: CliProcess): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const argv = process.argv.slice(2);
  let hasEnded = false;
  const end = (exitCode: number): void => {
    hasEnded = true;
    process.exit(exitCode);
  };
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) end(EXIT.interrupted);
    stopping.abort(new Interruption(signal));
  };
  // A handler runs in this process: what it throws after its answer, and an exit of its own, are no success.
  const onUncaught = (cause: unknown): void => {
    const { message } = explain(cause);
    end(reportError(failure(`Uncaught error: ${message}`, cause), argv, process));
  };
  const onExit = (): void => {
    if (hasEnded) return;
    const error = failure(
      'The code ended the process before the command had finished. Let the handler return instead.',
    );
    process.exitCode = reportError(error, argv, process);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  process.on('uncaughtException', onUncaught);
  process.on('exit', onExit);
  // `streamlane tail T | head`: who reads has had enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    end(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
  });
  const exitCode = await runCli(argv, { stdin, stdout, stderr, env, signal: stopping.signal });
  for (const signal of SIGNALS) process.off(signal, stop);
  // Pipes take their time: earlier output is out once this is.
  await Promise.all([stdout, stderr].map((output) => new Promise((resolve) => output.write('', resolve))));
  process.off('uncaughtException', onUncaught);
  process.off('exit', onExit);
  end(exitCode);
}

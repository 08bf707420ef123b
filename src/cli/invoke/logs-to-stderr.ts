import type { CliIo } from '../io.ts';

/**
 * Lets what a handler logs go to stderr, as Lambda keeps logs and response apart: stdout is for the response.
 *
 * @returns takes it back
 */
export function logsToStderr({ stdout, stderr }: CliIo): () => void {
  const { write } = stdout;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return () => {
    stdout.write = write;
  };
}

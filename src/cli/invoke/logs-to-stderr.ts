import type { CliIo } from '../io.ts';
import { handlerText } from '../terminal-text.ts';

/**
 * Lets what a handler logs go to stderr, as Lambda keeps logs and response apart: stdout is for the response.
 *
 * @returns takes it back
 */
export function logsToStderr({ stdout, stderr }: CliIo): () => void {
  const { write } = stdout;
  stdout.write = ((text: string | Uint8Array, ...rest: []) =>
    stderr.write(
      typeof text === 'string' ? handlerText(stderr, text) : text,
      ...rest,
    )) as typeof stdout.write;
  return () => {
    stdout.write = write;
  };
}

import type { CliIo } from './io.ts';
import { handlerText } from './terminal-text.ts';

/**
 * Lets what a handler writes go to stderr, as Lambda keeps logs and response apart: stdout is for the response. On a
 * terminal it has no control over it: a log may show an item, and the message of an error.
 *
 * @param before written before each piece
 * @returns takes it back
 */
export function logsToStderr({ stdout, stderr }: Pick<CliIo, 'stdout' | 'stderr'>, before = ''): () => void {
  const [toStdout, toStderr] = [stdout.write, stderr.write];
  const write = toStderr.bind(stderr) as (text: string, ...rest: unknown[]) => boolean;
  const log = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
    const written = typeof text === 'string' ? text : `${Buffer.from(text)}`;
    return write(`${before}${handlerText(stderr, written)}`, ...rest);
  };
  stdout.write = log as typeof stdout.write;
  stderr.write = log as typeof stderr.write;
  return () => {
    stdout.write = toStdout;
    stderr.write = toStderr;
  };
}

import type { CliIo, TextOutput } from './io.ts';
import { handlerText } from './terminal-text.ts';

/** The outputs of a command, and what every other code of the process writes from now on. */
export interface SeparatedOutputs {
  /** The stream of the command itself: it reaches the process's output unchanged. */
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}

const above: WeakMap<TextOutput, string> = new WeakMap();

/**
 * Separates what a command writes from what all other code in its process writes: handlers, with their late timers, and
 * embedded servers. That goes to stderr, as Lambda keeps logs and response apart: stdout is for the response. On a terminal it
 * has no control over it: a log may show an item, and the message of an error.
 *
 * It holds until the process ends. A handler may write after its answer, and while its servers stop.
 */
export function separateOutputs({ stdout, stderr }: Pick<CliIo, 'stdout' | 'stderr'>): SeparatedOutputs {
  const [own, ownStderr] = [stdout, stderr].map(
    (output): TextOutput => Object.create(output, { write: { value: output.write.bind(output) } }),
  ) as [TextOutput, TextOutput];
  const log = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
    const written = typeof text === 'string' ? text : `${Buffer.from(text)}`;
    const write = ownStderr.write as (text: string, ...rest: unknown[]) => boolean;
    const before = above.get(ownStderr) ?? '';
    // A bar would be drawn over a line that has not ended.
    const end = before === '' || written.endsWith('\n') ? '' : '\n';
    return write(`${before}${handlerText(stderr, written)}${end}`, ...rest);
  };
  stdout.write = log as typeof stdout.write;
  stderr.write = log as typeof stderr.write;
  return { stdout: own, stderr: ownStderr };
}

/**
 * Writes a text before each log, such as the one that clears the line of a progress bar.
 *
 * @param stderr of {@link separateOutputs}
 * @param before empty: nothing any more
 */
export function writeAboveLogs(stderr: TextOutput, before: string): void {
  above.set(stderr, before);
}

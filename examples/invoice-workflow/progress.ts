import type { Writable } from 'node:stream';

/** A stream of text that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean | undefined };

/**
 * Shows a line that changes: in place on a terminal, and once a second as lines of their own elsewhere.
 *
 * @returns ends it, with the line's last state on the screen
 */
export function showProgress(line: () => string, out: Output): () => void {
  const show = out.isTTY ? () => out.write(`\r\x1b[2K${line()}`) : () => out.write(`${line()}\n`);
  const timer = setInterval(show, out.isTTY ? 100 : 1000);
  return () => {
    clearInterval(timer);
    show();
    if (out.isTTY) out.write('\n');
  };
}

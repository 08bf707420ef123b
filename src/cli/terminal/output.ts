import type { CommandContext } from '../command.ts';
import type { TextOutput } from './io.ts';
import type { Style } from './style.ts';
import { terminalLine, writeLines } from './terminal-text.ts';

/** One JSON value a line, for pipes. */
export function writeJson(output: TextOutput, value: unknown): void {
  void writeLines(output, JSON.stringify(value));
}

/** Writes a warning. The command continues. */
export function tellWarning({ io, note }: Pick<CommandContext, 'io' | 'note'>, text: string): void {
  void writeLines(io.stderr, `${note('yellow', 'warning:')} ${text}`);
}

/** Writes rows under a header, in columns as wide as they have to be. */
export async function writeTable(
  output: TextOutput,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): Promise<void> {
  const { Table } = await import('../third-party/cli-table3.ts');
  const table = new Table({
    head: head.map((text) => terminalLine(style('bold', text))),
    chars: BORDERLESS,
    // cli-table3 has colours of its own, which do not know where the table is written to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  // Cell by cell: a line break in one would become a row of its own.
  for (const row of rows) table.push(row.map(terminalLine));
  const lines = table.toString().split('\n');
  output.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
}

const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((name) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${name}${part}`, '']),
  ),
);

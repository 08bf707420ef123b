import type { TextOutput } from './io.ts';
import type { Style } from './style.ts';

/** One JSON value a line, for pipes. */
export function writeJson(output: TextOutput, value: unknown): void {
  output.write(`${JSON.stringify(value)}\n`);
}

/** Rows under a header, in columns as wide as they have to be. */
export async function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: head.map((text) => style('bold', text)),
    chars: BORDERLESS,
    // cli-table3 has colours of its own, which do not know where the table is written to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle'].flatMap((name) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${name}${part}`, '']),
  ),
);

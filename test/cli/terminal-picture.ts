import xterm, { type IBufferCell, type IBufferLine } from '@xterm/headless';

const CHARACTER = { width: 8.43, height: 20, size: 14 };
const PADDING = 16;
const BAR = 36;
const FOREGROUND = '#e6edf3';

/** The sixteen colours of a terminal, black first. */
const COLORS = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#f0f6fc'],
];

export interface PictureOptions {
  /** The command on the first line. */
  readonly command: string;
  readonly columns: number;
  /** For those who cannot see it. */
  readonly title: string;
}

/** Returns the lines that a terminal shows after this output, with those that have scrolled out of its screen. */
export async function screenOf(output: string, columns: number): Promise<readonly IBufferLine[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows: 24, scrollback: 1000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row) as IBufferLine);
  const last = lines.findLastIndex((line) => line.translateToString(true) !== '');
  return lines.slice(0, last + 1);
}

/** Draws what a terminal shows, as SVG. */
export async function terminalPicture(output: string, options: PictureOptions): Promise<string> {
  const { command, columns, title } = options;
  const prompt = `\x1b[32m$\x1b[0m \x1b[1m${command}\x1b[0m\r\n`;
  const lines = await screenOf(prompt + output, columns);
  const width = Math.ceil(columns * CHARACTER.width + 2 * PADDING);
  const height = lines.length * CHARACTER.height + BAR + 2 * PADDING;
  const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="${font}" font-size="${CHARACTER.size}" fill="${FOREGROUND}">`,
    `  <title id="title">${escaped(title)}</title>`,
    `  <rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...['#ff5f56', '#ffbd2e', '#27c93f'].map(
      (color, index) => `  <circle cx="${22 + index * 20}" cy="20" r="6" fill="${color}"/>`,
    ),
    ...lines.flatMap((line, row) => runsOf(line).map((run) => textOf(run, row))),
    '</svg>',
    '',
  ].join('\n');
}

/** Cells next to each other that look the same. */
interface Run {
  readonly column: number;
  readonly style: string;
  text: string;
}

function runsOf(line: IBufferLine): readonly Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < line.length; column++) {
    const cell = line.getCell(column) as IBufferCell;
    const style = styleOf(cell);
    const run = runs.at(-1);
    if (run?.style === style) run.text += cell.getChars() || ' ';
    else runs.push({ column, style, text: cell.getChars() || ' ' });
  }
  return runs.filter(({ text }) => text.trim() !== '');
}

function styleOf(cell: IBufferCell): string {
  const color = cell.isFgPalette() ? (COLORS[cell.getFgColor()] ?? FOREGROUND) : FOREGROUND;
  return [
    ...(color === FOREGROUND ? [] : [` fill="${color}"`]),
    ...(cell.isBold() ? [' font-weight="700"'] : []),
    ...(cell.isDim() ? [' opacity="0.6"'] : []),
  ].join('');
}

function textOf({ column, style, text }: Run, row: number): string {
  const shown = text.trimEnd();
  const start = shown.length - shown.trimStart().length;
  const x = (PADDING + (column + start) * CHARACTER.width).toFixed(1);
  const y = BAR + PADDING + row * CHARACTER.height + CHARACTER.size / 2;
  // The length keeps columns straight in whatever font the reader has.
  const length = ((shown.length - start) * CHARACTER.width).toFixed(1);
  return `  <text x="${x}" y="${y}" textLength="${length}" xml:space="preserve"${style}>${escaped(shown.trimStart())}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

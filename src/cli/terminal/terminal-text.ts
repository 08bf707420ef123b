import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import type { TextOutput } from './io.ts';
import type { Format } from './style.ts';

/**
 * Marks the codes of colours and weights that this module writes. It is random, so no item, message or name can
 * contain it.
 */
const OWN = `\u0001${randomBytes(16).toString('hex')}`;

/**
 * Control characters (C0, DEL and C1), those that turn the direction of text, and the separators of lines. A terminal obeys
 * them: an escape sequence in an attribute could write to the clipboard, and a line break forge a line.
 */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
// The whole sequence that gives text a colour or a weight. It moves and writes nothing.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence begins with one
const STYLE_SEQUENCE = /(\x1b\[[\d;]*m)/;

const RESET = '\x1b[0m';

/** Makes text coloured or bold, for {@link terminalLine}. */
export function styled(format: Format, text: string): string {
  const [open = '', close = ''] = styleText(format, ' ', { validateStream: false }).split(' ');
  return `${own(open)}${text}${own(close)}`;
}

/** `\x1b[1m\x1b[31m` with a mark of our own in place of each escape character. */
function own(codes: string): string {
  return codes.replaceAll('\x1b', OWN);
}

/**
 * **Everything that a command writes goes through here**, a line at a time. Whatever may come from elsewhere, such as the
 * values and names of items, messages of errors, ARNs and ids, is written with its control characters as JSON escapes them:
 * `\u001b`, `\n`. JSON stays the same JSON. Only the codes of {@link styled} remain codes.
 */
export function terminalLine(text: string): string {
  const [first = '', ...others] = text.split(OWN);
  return visible(first) + others.map(afterOwn).join('');
}

/** `[31m`, then text. */
function afterOwn(text: string): string {
  const end = text.indexOf('m') + 1;
  return `\x1b${text.slice(0, end)}${visible(text.slice(end))}`;
}

function visible(text: string): string {
  return text.replaceAll(CONTROLS, escaped);
}

function escaped(control: string): string {
  const short = JSON.stringify(control).slice(1, -1);
  return short === control ? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
}

/** Writes lines. Resolves when they are out. */
export async function writeLines(output: TextOutput, ...lines: readonly string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    output.write(lines.map((line) => `${terminalLine(line)}\n`).join(''), () => resolve());
  });
}

/**
 * Returns a handler's output as it may be shown. For a terminal, line breaks, tabs and colours stay and all other control
 * codes go; elsewhere the text stays unchanged. Colours are reset at the end: a log may show an item, and a "hidden" style
 * in it would hide the lines after it.
 */
export function handlerText(output: TextOutput, text: string): string {
  if (!output.isTTY) return text;
  const parts = text.split(STYLE_SEQUENCE);
  const harmless = parts.map((part, index) => (index % 2 === 1 ? part : withLines(part))).join('');
  return parts.length === 1 ? harmless : harmless.replace(/\n?$/, `${RESET}$&`);
}

function withLines(text: string): string {
  return text.replaceAll(CONTROLS, (control) => ('\n\t'.includes(control) ? control : escaped(control)));
}

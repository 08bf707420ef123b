/**
 * Breaks a command into lines that a shell takes for the same command: before an option where there is room, and never inside an
 * argument. A line is longer than `width` only if an argument is.
 */
export function commandLines(command: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const option of optionsIn(command)) {
    // An option stays with its value, if both fit.
    for (const part of option.join(' ').length + CONTINUED.length <= width ? [option.join(' ')] : option) {
      const joined = line === '' ? part : `${line} ${part}`;
      if (joined.length + CONTINUED.length <= width) {
        line = joined;
        continue;
      }
      if (line !== '') lines.push(`${line}${CONTINUED}`);
      line = part;
    }
  }
  return [...lines, line];
}

const CONTINUED = ' \\';

/** The arguments of a command as they are written, with their quotes. A quote without an end is text. */
const ARGUMENT = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\S)+/g;

/** The command, and each option with its value. */
function optionsIn(command: string): readonly (readonly string[])[] {
  const options: string[][] = [[]];
  for (const [argument] of command.matchAll(ARGUMENT)) {
    if (argument.startsWith('--')) options.push([]);
    options.at(-1)?.push(argument);
  }
  return options;
}

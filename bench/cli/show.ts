import type { Verdict } from '../expectations/check.ts';
import type { Group } from '../run/group.ts';
import { numberText } from './number-text.ts';
import { textTable } from './table.ts';

/** The results of one group, for the terminal. */
export function groupText({ id, title, unit, results, notes }: Group): string {
  const rows = Object.entries(results).map(([name, { median, lowerQuartile, upperQuartile, facts }]) => [
    name,
    numberText(median),
    `${numberText(lowerQuartile)} - ${numberText(upperQuartile)}`,
    Object.entries(facts)
      .map(([fact, count]) => `${fact} ${numberText(count)}`)
      .join(', '),
  ]);
  const table = textTable(['', unit, 'middle half', ''], rows);
  return [`${title} (${id})`, '', table, ...notes.map((note) => `* ${note}`), ''].join('\n');
}

/** The expectations and what became of them, for the terminal. */
export function verdictText(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ expectation: { text, limit, must, aim, unit }, measured, word }) => [
    text,
    measured === undefined ? '-' : `${numberText(measured)} ${unit}`.trim(),
    `${limit} ${numberText(must)}`,
    numberText(aim),
    word,
  ]);
  return textTable(['expectation', 'measured', 'must', 'aim', ''], rows);
}

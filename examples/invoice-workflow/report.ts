/** One row: a name, a number and what it means. */
export type Row = readonly [name: string, count: number, meaning: string];

/** The rows as a table that a person reads: names to the left, numbers to the right. */
export function formatReport(rows: readonly Row[]): string {
  const numbers = rows.map(([, count]) => count.toLocaleString('en-US'));
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const numberWidth = Math.max(...numbers.map((number) => number.length));
  return rows
    .map(([name, , meaning], row) => {
      const number = numbers[row]?.padStart(numberWidth);
      return `  ${name.padEnd(nameWidth)}  ${number}  ${meaning}`.trimEnd();
    })
    .join('\n');
}

import type { Row, Sample } from './verdict.ts';

/** One line about the state of a run. */
export function progressLine(minutes: number, samples: readonly Sample[]): string {
  const { millions, heapBytes, rssBytes, ...counts } = samples.at(-1) as Sample;
  return [
    `${minutes.toFixed(1)} min`,
    `${samples.length} cycles`,
    `${millions.toFixed(2)} M records`,
    `heap ${megabytes(heapBytes)}`,
    `RSS ${megabytes(rssBytes)}`,
    ...Object.entries(counts).map(([name, count]) => `${name} ${count}`),
  ].join('  ');
}

/** The table at the end of a run, as Markdown, and the verdict. */
export function reportOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, unit, first, last, slope, low, high, limit, grows }) => {
    const value = (number: number): string => [number.toFixed(unit === '' ? 0 : 1), unit].join(' ').trim();
    const growth = `${slope.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    return `| ${[name, value(first), value(last), growth, limit.toFixed(2), grows ? 'GROWS' : 'ok'].join(' | ')} |`;
  });
  const growing = rows.filter(({ grows }) => grows).map(({ name }) => name);
  return [
    '| held at rest | after warm-up | at the end | growth per million records, 95 % bounds | limit | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    growing.length === 0 ? 'Nothing grows.' : `GROWS: ${growing.join(', ')}`,
  ].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

import { numberText } from '../cli/number-text.ts';
import type { Verdict } from '../expectations/check.ts';
import type { Group } from '../run/group.ts';
import type { DrawnChart } from './charts.ts';
import { originText } from './origin-text.ts';
import type { MeasureReport, Report } from './report.ts';

/** The report as a page. */
export function markdownReport(report: Report, charts: readonly DrawnChart[]): string {
  return [
    '# What streamlane costs',
    intro(report),
    '## Expectations',
    verdictTable(report.verdicts),
    ...report.measures.flatMap((measure) =>
      measureSection(
        measure,
        charts.filter((chart) => chart.measure === measure.name),
      ),
    ),
    '## Versions',
    table(['package', 'version'], Object.entries(report.versions)),
    '',
  ].join('\n\n');
}

function intro({ date, quick, sameProcess, machine }: Report): string {
  const { cpu, cores, memoryGB, platform, node, v8 } = machine;
  return [
    `Measured on ${date.slice(0, 10)} with Node.js ${node} (V8 ${v8}) on ${cores} cores of ${cpu}, ${memoryGB} GB, ${platform}.`,
    quick ? 'This was a quick run with few rounds, so the numbers are rough.' : '',
    sameProcess ? 'All contenders of a group shared one process.' : '',
    '`npm run bench` wrote this page. [The bench suite](../README.md) explains the measures and the method.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function verdictTable(verdicts: readonly Verdict[]): string {
  return table(
    ['expectation', 'measured', 'must', 'aim', ''],
    verdicts.map(({ expectation: { text, limit, must, aim, unit }, measured, word }) => [
      text,
      measured === undefined ? '' : `${numberText(measured)} ${unit}`.trim(),
      `${limit} ${numberText(must)}`,
      numberText(aim),
      word,
    ]),
  );
}

function measureSection({ title, method, groups }: MeasureReport, charts: readonly DrawnChart[]): string[] {
  return [
    `## ${title}`,
    method,
    ...charts.map((chart) => `![${chart.title}](${chart.file})`),
    ...groups.flatMap(groupSection),
  ];
}

function groupSection({ title, unit, results, notes, measured }: Group): string[] {
  const facts = [...new Set(Object.values(results).flatMap((result) => Object.keys(result.facts)))];
  const rows = Object.entries(results).map(([name, result]) => [
    name,
    numberText(result.median),
    `${numberText(result.lowerQuartile)} to ${numberText(result.upperQuartile)}`,
    ...facts.map((fact) => {
      const count = result.facts[fact];
      return count === undefined ? '' : numberText(count);
    }),
  ]);
  return [
    `### ${title}`,
    ...(measured === undefined ? [] : [`Measured ${originText(measured)}.`]),
    table(['', unit, 'middle half', ...facts], rows),
    ...notes.map((note) => `${note}`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../expectations/check.ts';
import { EXPECTATIONS } from '../expectations/table.ts';
import { drawCharts } from './charts.ts';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';
import { withSpeedSection } from './speed-section.ts';

/** The folder of the report that is committed. */
export const COMMITTED: string = fileURLToPath(new URL('../report', import.meta.url));

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Names and contents of the files of a report: `report.json`, `README.md` and the charts. */
export function reportFiles(report: Report): Readonly<Record<string, string>> {
  const charts = drawCharts(report.measures.flatMap(({ groups }) => groups));
  return {
    'report.json': `${JSON.stringify(report, undefined, 2)}\n`,
    'README.md': markdownReport(report, charts),
    ...Object.fromEntries(charts.map(({ file, svg }) => [file, svg])),
  };
}

/** Writes a report into a directory, which is created if it is missing. The committed report also changes the README. */
export async function writeReport(report: Report, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(reportFiles(report))) {
    await writeFile(join(directory, name), content);
  }
  if (directory !== COMMITTED) return;
  await writeFile(README, withSpeedSection(await readFile(README, 'utf8'), report));
}

/** Reads the `report.json` of the committed report. */
export async function committedReport(): Promise<Report> {
  return JSON.parse(await readFile(join(COMMITTED, 'report.json'), 'utf8')) as Report;
}

/** Writes the files of the committed report again, from the numbers of its `report.json` and the expectations of today. */
export async function redraw(): Promise<void> {
  const report = await committedReport();
  const groups = report.measures.flatMap((measure) => measure.groups);
  await writeReport({ ...report, verdicts: check(EXPECTATIONS, groups, 0) }, COMMITTED);
}

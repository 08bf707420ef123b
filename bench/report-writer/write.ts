import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawCharts } from './charts.ts';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';

/**
 * Writes `report.json`, `README.md` and the charts into a directory, which is made when it is missing.
 *
 * @returns the names of the files
 */
export async function writeReport(report: Report, directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const charts = drawCharts(report.measures.flatMap(({ groups }) => groups));
  const files: Record<string, string> = {
    'report.json': `${JSON.stringify(report, undefined, 2)}\n`,
    'README.md': markdownReport(report, charts),
    ...Object.fromEntries(charts.map(({ file, svg }) => [file, svg])),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return Object.keys(files);
}

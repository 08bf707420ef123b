import { isDeepStrictEqual } from 'node:util';
import { check } from '../expectations/check.ts';
import { EXPECTATIONS } from '../expectations/table.ts';
import { MEASURES } from '../measures/index.ts';
import type { Group } from '../run/group.ts';
import type { MeasureReport, Report } from './report.ts';

/**
 * A report with the groups of a later, partial run in the place of its own. Each of them keeps its date and machine. Ratios
 * are taken within a group, so they are always of one run.
 *
 * @throws Error if a version differs: the page has one list of versions
 */
export function updated(report: Report, later: Report): Report {
  if (!isDeepStrictEqual(report.versions, later.versions)) {
    throw new Error(
      'The report was measured with other versions of the packages. Run everything: npm run bench',
    );
  }
  const groups = new Map<string, Group>();
  for (const group of report.measures.flatMap((measure) => measure.groups)) groups.set(group.id, group);
  for (const group of later.measures.flatMap((measure) => measure.groups)) {
    groups.set(group.id, { ...group, measured: { date: later.date, machine: later.machine } });
  }
  const measures = MEASURES.map(({ name, title, method, plans }): MeasureReport => {
    const measured = plans({ quick: false }).flatMap(({ id }) => groups.get(id) ?? []);
    return { name, title, method, groups: measured };
  }).filter((measure) => measure.groups.length > 0);
  const kept = measures.flatMap((measure) => measure.groups);
  return { ...report, measures, verdicts: check(EXPECTATIONS, kept, 0) };
}

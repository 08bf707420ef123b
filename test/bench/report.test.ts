// The committed report, and the numbers of the README: all of it follows from report.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../bench/report-writer/report.ts';
import { withSpeedSection } from '../../bench/report-writer/speed-section.ts';
import { updated } from '../../bench/report-writer/updated.ts';
import { COMMITTED, reportFiles } from '../../bench/report-writer/write.ts';

const report = JSON.parse(readFileSync(join(COMMITTED, 'report.json'), 'utf8')) as Report;
const files = reportFiles(report);
const readme = readFileSync(join(COMMITTED, '../../README.md'), 'utf8');

test.each(Object.entries(files))('%s is what report.json says', (name, content) => {
  const committed = readFileSync(join(COMMITTED, name), 'utf8');
  expect(committed, 'npm run bench -- --redraw writes it again').toBe(content);
});

test('the speed section of the README is what report.json says', () => {
  expect(readme, 'npm run bench -- --redraw writes it again').toBe(withSpeedSection(readme, report));
  expect(readme.match(/^\|.* \| [\d.,]+ (?:ms|kB)\b/gm)?.length).toBe(5);
});

describe('a report that a partial run updates', () => {
  const [measure] = report.measures;
  const [group] = measure?.groups ?? [];
  const later = {
    ...report,
    date: '2030-01-02T03:04:05.678Z',
    machine: { ...report.machine, cpu: 'Another CPU' },
    measures: [{ ...measure, groups: [{ ...group, results: {}, notes: ['measured later'] }] }],
  } as Report;
  const groupsOf = ({ measures }: Report) => measures.flatMap(({ groups }) => groups);

  test('has the new groups with date and machine, and keeps the others and their order', () => {
    const after = updated(report, later);
    const [first, ...others] = groupsOf(after);
    expect(first).toMatchObject({ id: group?.id, notes: ['measured later'], measured: { date: later.date } });
    expect(others).toEqual(groupsOf(report).slice(1));
    expect(reportFiles(after)['README.md']).toContain(
      'Measured on 2030-01-02, with Node.js 24.21.0 on 2 cores of Another CPU.',
    );
  });

  test('judges all expectations again', () => {
    const verdicts = (one: Report) => one.verdicts.find(({ expectation }) => expectation.group === group?.id);
    expect(verdicts(report)?.word).not.toBe('not measured');
    expect(verdicts(updated(report, later))?.word).toBe('not measured');
  });

  test('gets a group that it did not have, in the order of the measures', () => {
    const without = { ...report, measures: report.measures.slice(1) };
    expect(groupsOf(updated(without, later)).map(({ id }) => id)).toEqual([
      group?.id,
      ...groupsOf(without).map(({ id }) => id),
    ]);
  });

  test('refuses groups of other versions', () => {
    const other = { ...later, versions: { ...report.versions, zod: '0.0.0' } };
    expect(() => updated(report, other)).toThrow('npm run bench');
  });
});

test('a README without the section is refused', () => {
  expect(() => withSpeedSection('# streamlane\n', report)).toThrow('<!-- /bench -->');
});

describe.each(Object.entries(files).filter(([name]) => name.endsWith('.svg')))('%s', (_, svg) => {
  const texts = [...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+"([^>]*)>(.*?)<\/text>/g)].map(
    ([, x, attributes = '', text = '']) => ({
      x: Number(x),
      anchor: /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? 'start',
      letters: text.replaceAll(/<[^>]+>/g, '').length,
    }),
  );

  test('has no label that leaves the picture', () => {
    // The width of a letter of 13 px in Helvetica, on average.
    const outside = texts.filter(({ x, anchor, letters }) => {
      const width = letters * 6.6;
      const from = { start: x, middle: x - width / 2, end: x - width }[anchor] ?? 0;
      return from < 0 || from + width > 880;
    });
    expect(texts.length).toBeGreaterThan(5);
    expect(outside).toEqual([]);
  });

  test('has a bar for every contender that can be seen', () => {
    const bars = [...svg.matchAll(/<rect class="(?:own|other)" [^>]*width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(bars.filter((width) => width < 4)).toEqual([]);
  });
});

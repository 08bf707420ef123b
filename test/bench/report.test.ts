// The committed report, and the numbers of the README: all of it follows from report.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../bench/report-writer/report.ts';
import { withSpeedSection } from '../../bench/report-writer/speed-section.ts';
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

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MEASURES } from '../../bench/measures/index.ts';
import type { Report } from '../../bench/report-writer/report.ts';
import { runBench } from './bench-process.ts';

// Speed is not asserted here: tests run on machines that do other things. `npm run bench -- --check` does that.
let out: string;
let run: Awaited<ReturnType<typeof runBench>>;
let report: Report;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'streamlane-bench-'));
  run = await runBench('--quick', '--out', out);
  report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
}, 240_000);

afterAll(() => rm(out, { recursive: true, force: true }));

test('a quick run measures every measure and reports it', () => {
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  expect(report.quick).toBe(true);
  expect(report.measures.map(({ name }) => name)).toEqual(MEASURES.map(({ name }) => name));
  for (const { groups } of report.measures) {
    expect(groups.length).toBeGreaterThan(0);
    for (const { id, results } of groups) {
      for (const { median } of Object.values(results)) expect(median, id).toBeGreaterThan(0);
    }
  }
});

test('every expectation was measured', () => {
  expect(report.verdicts.filter(({ word }) => word === 'not measured')).toEqual([]);
});

test('streamlane keeps the changes of an item in order, Powertools in parallel does not', () => {
  const group = report.measures.flatMap(({ groups }) => groups).find(({ id }) => id === 'waiting/no-limit');
  expect(group?.results.streamlane?.facts).toEqual({ 'order violations': 0 });
  expect(group?.results['Powertools parallel + unmarshall']?.facts['order violations']).toBeGreaterThan(0);
});

test('the report names machine and versions, and no path', async () => {
  expect(report.machine.node).toBe(process.versions.node);
  expect(report.versions.streamlane).toMatch(/^\d+\.\d+\.\d+/);
  expect(Object.values(report.versions)).not.toContain('not installed');
  expect(JSON.stringify(report)).not.toContain(process.cwd());
});

test('the page shows every chart', async () => {
  const page = await readFile(join(out, 'README.md'), 'utf8');
  const charts = [...page.matchAll(/!\[[^\]]+\]\(([^)]+\.svg)\)/g)].map(([, file = '']) => file);
  expect(charts.length).toBeGreaterThanOrEqual(7);
  for (const file of charts) {
    const svg = await readFile(join(out, file), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('Infinity');
  }
});

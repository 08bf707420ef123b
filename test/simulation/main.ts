// npm run simulate -- --seed 1 --histories 1000 --minutes 5 --only window --threads 4 --pairs --table FILE.md
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Finding } from './campaign.ts';
import { ENTRY_POINTS, type EntryPoint } from './model/scenario.ts';
import { Tally } from './tally.ts';
import { playInThreads } from './threads.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    histories: { type: 'string' },
    minutes: { type: 'string' },
    threads: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    convergent: { type: 'boolean', default: false },
    /** Prints how often each pair of kinds of events occurred in one history. */
    pairs: { type: 'boolean' },
    /** A Markdown file for both tables. */
    table: { type: 'string' },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const seed = countOf('seed') ?? Math.floor(Math.random() * 2 ** 30);
const minutes = countOf('minutes');
const histories =
  countOf('histories') ??
  (minutes !== undefined ? Number.MAX_SAFE_INTEGER : values.seed !== undefined ? 1 : 1000);
const threads = countOf('threads') as number;
for (const name of values.only ?? [])
  if (!ENTRY_POINTS.includes(name as EntryPoint))
    refuse(`--only has to be one of ${ENTRY_POINTS.join(', ')}, got ${name}.`);
const startedAt = performance.now();
const tally = new Tally();
let shownAt = 0;
const over = new AbortController();
const timer = minutes === undefined ? undefined : setTimeout(() => over.abort(), minutes * 60_000);

const findings = await playInThreads({
  threads: Math.min(threads, histories),
  seed,
  histories,
  ...(values.only !== undefined && { only: values.only as EntryPoint[] }),
  isConvergent: values.convergent,
  shrinks: values.shrink,
  signal: over.signal,
  onViolation: (own, violation) =>
    process.stderr.write(
      `\rSeed ${own} breaks ${violation}.${values.shrink ? ' Looking for a smaller scenario...' : ''}\n`,
    ),
  onHistory: (history) => {
    tally.add(history);
    if (!process.stderr.isTTY || performance.now() - shownAt < 500) return;
    shownAt = performance.now();
    process.stderr.write(`\r${tally.histories} histories`);
  },
});
clearTimeout(timer);
if (process.stderr.isTTY) process.stderr.write('\r');
for (const finding of findings) {
  if (values.shrink) show(finding);
  console.log(`VIOLATED by seed ${finding.seed}: ${finding.violations[0]}`);
}
const violations = ['no violation', 'one violation'][findings.length] ?? `${findings.length} violations`;
const result = `${tally.histories} histories from seed ${seed}, ${violations}`;
console.log(`${result}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
console.table(tally.kinds());
if (values.pairs) console.table(tally.pairs());
if (values.table !== undefined) writeFileSync(values.table, tally.markdown(result));
if (findings.length > 0) process.exitCode = 1;

function show({ seed, violations, shrunk, timeline }: Finding): void {
  console.log(JSON.stringify(shrunk, null, 1));
  console.log(timeline.join('\n'));
  console.log(violations.join('\n'));
  console.log(
    `Play it again: npm run simulate -- --seed ${seed}${(values.only ?? []).map((name) => ` --only '${name}'`).join('')}`,
  );
}

/** The whole number of a flag. Undefined where it is not given. */
function countOf(name: 'histories' | 'minutes' | 'seed' | 'threads'): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const least = name === 'seed' ? 0 : 1;
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
  return refuse(`--${name} has to be a whole number from ${least}, got ${text}.`);
}

function refuse(problem: string): never {
  console.error(problem);
  process.exit(2);
}

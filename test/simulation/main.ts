// npm run simulate -- --seed 1 --histories 1000 --minutes 5 --only window
import { parseArgs } from 'node:util';
import { campaign, type Finding } from './campaign.ts';
import type { EntryPoint } from './model/scenario.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    histories: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string', multiple: true },
    pairs: { type: 'boolean' },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 30));
const histories = Number(
  values.histories ??
    (values.minutes !== undefined ? Number.MAX_SAFE_INTEGER : values.seed !== undefined ? 1 : 1000),
);
const endsAt = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const realNow = performance.now.bind(performance);
const startedAt = realNow();
const tally = new Tally();
let shownAt = 0;

const finding = await campaign({
  seed,
  histories,
  ...(values.only !== undefined && { only: values.only as EntryPoint[] }),
  shrinks: values.shrink,
  until: () => realNow() > endsAt,
  onViolation: (own, violation) =>
    process.stderr.write(
      `\rSeed ${own} breaks ${violation}.${values.shrink ? ' Looking for a smaller scenario...' : ''}\n`,
    ),
  onHistory: (_seed, history) => {
    tally.add(history);
    if (!process.stderr.isTTY || realNow() - shownAt < 500) return;
    shownAt = realNow();
    process.stderr.write(`\r${tally.histories} histories`);
  },
});
if (process.stderr.isTTY) process.stderr.write('\r');
if (finding !== undefined && values.shrink) show(finding);
if (finding !== undefined) console.log(`VIOLATED by seed ${finding.seed}: ${finding.violations[0]}`);
console.log(
  `${tally.histories} histories from seed ${seed}, ${finding === undefined ? 'no' : 'one'} violation, ${((realNow() - startedAt) / 1000).toFixed(0)} s`,
);
console.table(tally.kinds());
if (values.pairs) console.table(tally.pairs());
if (finding !== undefined) process.exitCode = 1;

function show({ seed, violations, shrunk, timeline }: Finding): void {
  console.log(JSON.stringify(shrunk, null, 1));
  console.log(timeline.join('\n'));
  console.log(violations.join('\n'));
  console.log(
    `Play it again: npm run simulate -- --seed ${seed}${(values.only ?? []).map((name) => ` --only '${name}'`).join('')}`,
  );
}

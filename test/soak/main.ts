// npm run soak -- --minutes 30 --only router --only leak:heap: works for long, and fails if the process holds more and more.
import { parseArgs } from 'node:util';
import { LEAKS, leakLoad } from './leaks.ts';
import { invoiceLoad } from './loads/invoice-load.ts';
import type { Load } from './loads/load.ts';
import { reloadLoad } from './loads/reload-load.ts';
import { routerLoad } from './loads/router-load.ts';
import { splitLoad } from './loads/split-load.ts';
import { progressLine, reportOf } from './report.ts';
import { sampler } from './sample.ts';
import { type Servers, startServers } from './servers.ts';
import { type Sample, verdictOf } from './verdict.ts';

type Start = (servers: Servers) => Load | Promise<Load>;

const LOADS: Readonly<Record<string, Start>> = {
  invoices: ({ environment }) => invoiceLoad(environment),
  splits: splitLoad,
  reloads: reloadLoad,
  router: routerLoad,
};
/** To show that a leak is found. */
const PLANTED: Readonly<Record<string, Start>> = Object.fromEntries(
  Object.keys(LEAKS).map((name) => [
    `leak:${name}`,
    ({ streamsEndpoint }) => leakLoad(name, streamsEndpoint),
  ]),
);
const ALL = { ...LOADS, ...PLANTED };
const MINUTE_MS = 60_000;
/** Of the router in one cycle; the other loads have work of a fixed size. */
const CYCLE_MS = 10_000;
/** A verdict needs that many samples. So a run of a few seconds has shorter cycles. */
const LEAST_CYCLES = 12;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    /** The loads to run; all unless it is given. */
    only: { type: 'string', multiple: true, default: Object.keys(LOADS) },
    /** Growth of the heap that is allowed, in KiB for each million records. */
    'heap-limit': { type: 'string', default: '64' },
    /** The same for all memory of the process. */
    'rss-limit': { type: 'string', default: '2048' },
  },
});
const minutes = numberOf('minutes');
const limits = { heapKibPerMillion: numberOf('heap-limit'), rssKibPerMillion: numberOf('rss-limit') };
const starts = values.only.map(
  (name) => ALL[name] ?? refuse(`--only has to be one of ${Object.keys(ALL).join(', ')}, got ${name}.`),
);

const servers = await startServers();
const loads = await Promise.all(starts.map((start) => start(servers)));
const take = await sampler(() => loads.reduce((sum, load) => sum + load.listeners(), 0));
const startedAt = performance.now();
const endsAt = startedAt + minutes * MINUTE_MS;
const cycleMs = Math.min(CYCLE_MS, (minutes * MINUTE_MS) / LEAST_CYCLES);
const samples: Sample[] = [];
let millions = 0;
let shownAt = startedAt;
console.log(`Loads: ${values.only.join(', ')}. Node ${process.version}, ${minutes} min.`);
while (performance.now() < endsAt || samples.length < LEAST_CYCLES) {
  for (const load of loads) millions += (await load.run(AbortSignal.timeout(cycleMs))) / 1e6;
  samples.push({ millions, ...(await take()) });
  const now = performance.now();
  if (now - shownAt < MINUTE_MS) continue;
  shownAt = now;
  console.log(progressLine((now - startedAt) / MINUTE_MS, samples));
}
console.log(progressLine((performance.now() - startedAt) / MINUTE_MS, samples));
const rows = verdictOf(samples, limits);
console.log(reportOf(rows));
await Promise.all(loads.map((load) => load.close()));
await servers.stop();
// A planted leak may keep the process from ending.
process.exit(rows.some(({ grows }) => grows) ? 1 : 0);

function numberOf(name: 'minutes' | 'heap-limit' | 'rss-limit'): number {
  const text = values[name];
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  return refuse(`--${name} has to be a number above 0, got ${text}.`);
}

function refuse(problem: string): never {
  console.error(problem);
  process.exit(2);
}

// Measures what an open page of the live console costs `streamlane dev`: throughput without the console, with a console that is not open, and
// with each of its views in a browser, in turn. It prints numbers, and judges nothing: other work of the machine changes them.
//
//   npm run console-load -- --records 20000 --rounds 5
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { BatchWriteItemCommand, DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { type Browser, chromium, type Page } from 'playwright-core';
import { summaryOf } from '../bench/statistics.ts';
import { parseKeys } from '../src/cli/flags/table-keys.ts';
import { createTable } from '../src/cli/servers/create-table.ts';
import { startEmulators } from '../src/emulators/start-emulators.ts';
import { spawned } from '../test/cli/spawned.ts';
import { BROWSER, BROWSER_ARGS } from '../test/console/browser.ts';

const TABLE = 'Load';
/** The views, by their keys. The first one is open when the page loads. */
const VIEWS = { changes: '1', failures: '2', timeline: '3', charts: '4', topology: '6' } as const;
type Variant = 'without' | 'unwatched' | keyof typeof VIEWS;

/** One run of `dev`. */
interface Run {
  readonly recordsPerSecond: number;
  /** Milliseconds of processor time that `dev` takes for 1,000 records. Other work of the machine hardly changes it. */
  readonly cpuMs: number;
  /** The cost of an open page; undefined without one. */
  readonly page: PageCost | undefined;
}

interface PageCost {
  /** Milliseconds between frames of the page: the 95th percentile. */
  readonly frameMs: number;
  /** Milliseconds of processor time that all processes of the browser take for 1,000 records, those to warm up included. */
  readonly browserMs: number;
}

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    records: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    view: { type: 'string', multiple: true, default: Object.keys(VIEWS) },
  },
});
const records = Number(values.records);
const variants = ['without', 'unwatched', ...values.view] as readonly Variant[];
if (BROWSER === undefined)
  throw new Error('No browser was found. Install Chromium, or name it: CHROMIUM=/path');

const folder = mkdtempSync(join(tmpdir(), 'streamlane-load-'));
const go = join(folder, 'go');
const handler = join(folder, 'handler.mjs');
// The first quarter warms up, and the last one is read while the measured half is handled. So as many records are read as are
// handled in between. The first invocation waits until the page is open.
writeFileSync(
  handler,
  `import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
let [count, startedAt, cpu] = [0, 0, undefined];
export const handler = async ({ Records }) => {
  while (!existsSync(${JSON.stringify(go)})) await setTimeout(10);
  const before = count;
  count += Records.length;
  const passes = (limit) => before < limit && count >= limit;
  if (passes(${records / 2})) [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  if (passes(${1.5 * records})) {
    const { user, system } = process.cpuUsage(cpu);
    console.log('measured', performance.now() - startedAt, 'ms', user + system, 'us');
  }
  return { batchItemFailures: [] };
};
`,
);

try {
  await using emulators = await startEmulators({ env: {} });
  await fill(new DynamoDBClient(emulators.dynamodb));
  await using browser = await startBrowser(BROWSER);
  const runs = new Map<Variant, Run[]>(variants.map((variant) => [variant, []]));
  const runsOf = (variant: Variant): Run[] => runs.get(variant) as Run[];
  for (let round = 0; round < Number(values.rounds); round++) {
    // No variant is always the first one of its round.
    for (const [index] of variants.entries()) {
      const variant = variants[(index + round) % variants.length] as Variant;
      const run = await measure(variant, emulators.environment, browser.endpoint);
      runsOf(variant).push(run);
      console.log(`round ${round + 1}  ${line(variant, run)}`);
    }
  }
  console.log(
    `\nMedians of ${values.rounds} rounds with ${records} records each, and of the shares in each round:`,
  );
  for (const variant of variants) {
    // A slow minute slows all runs of its round, so runs are compared within their round.
    const share = (value: (run: Run) => number): string => {
      const shares = runsOf(variant).map((run, round) => value(run) / value(runsOf('without')[round] as Run));
      return `${(100 * summaryOf(shares).median).toFixed(0)} %`;
    };
    const speed = share(({ recordsPerSecond }) => recordsPerSecond);
    const cpu = share(({ cpuMs }) => cpuMs);
    console.log(`${line(variant, medianOf(runsOf(variant)))}  speed ${speed}, processor time ${cpu}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Writes the records to warm up, and those to measure. */
async function fill(client: DynamoDBClient): Promise<void> {
  await createTable(client, TABLE, parseKeys('id'));
  const requests = Array.from({ length: 2 * records }, (_, index): WriteRequest => {
    const Item = {
      id: { S: `item-${index}` },
      customer: { S: `C-${index % 100}` },
      status: { S: 'OPEN' },
      total: { N: `${index / 100}` },
    };
    return { PutRequest: { Item } };
  });
  const write = async (): Promise<void> => {
    for (let next = requests.splice(0, 25); next.length > 0; next = requests.splice(0, 25)) {
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: next } }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
}

async function measure(
  variant: Variant,
  env: Readonly<Record<string, string>>,
  browser: string,
): Promise<Run> {
  const isWithout = variant === 'without';
  const dev = spawned(
    [
      ...['dev', `${handler}#handler`, '--table', TABLE, '--starting-position', 'TRIM_HORIZON'],
      ...['--timeout', '900', isWithout ? '--no-console' : '--console'],
    ],
    { env, cwd: folder },
  );
  await dev.seen(/Ctrl-C stops/);
  const [, url = ''] = isWithout ? [] : await dev.seen(/(http:\S+token=\S+)\s/);
  const before = variant in VIEWS ? await open(browser, url, variant as keyof typeof VIEWS) : undefined;
  writeFileSync(go, '');
  const [, ms, us] = await dev.seen(/measured ([\d.]+) ms ([\d.]+) us/);
  const page = before === undefined ? undefined : await close(browser, before);
  dev.interrupt();
  await dev.ended();
  rmSync(go);
  return { recordsPerSecond: (records / Number(ms)) * 1000, cpuMs: Number(us) / records, page };
}

/** Starts a browser that runs on when nothing drives it. */
async function startBrowser(path: string): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const profile = mkdtempSync(join(tmpdir(), 'streamlane-browser-'));
  const args = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...BROWSER_ARGS];
  const running = spawn(path, [...args, '--window-size=1280,720'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => running.on('exit', resolve));
  for await (const text of createInterface({ input: running.stderr })) {
    const [, endpoint] = /^DevTools listening on (\S+)$/.exec(text) ?? [];
    if (endpoint === undefined) continue;
    running.stderr.resume();
    return {
      endpoint,
      async [Symbol.asyncDispose]() {
        running.kill();
        await ended;
        rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
      },
    };
  }
  throw new Error(`${path} ended before it could be driven.`);
}

/** Opens a view, and leaves the browser alone. Returns the milliseconds of processor time that the browser has taken. */
async function open(endpoint: string, url: string, view: keyof typeof VIEWS): Promise<number> {
  // A client that drives the page gets a copy of each event that the page gets, which costs more than the page itself.
  await using browser = await chromium.connectOverCDP(endpoint);
  const page = (await browser.contexts()[0]?.newPage()) as Page;
  await page.goto(url);
  await page.getByRole('status').getByText('Enabled').waitFor();
  await page.keyboard.press(VIEWS[view]);
  await sampleFrames(page);
  return await browserTime(browser);
}

/** Closes the page that {@link open} opened. */
async function close(endpoint: string, before: number): Promise<PageCost> {
  await using browser = await chromium.connectOverCDP(endpoint);
  const browserMs = ((await browserTime(browser)) - before) / ((1.5 * records) / 1000);
  const page = browser
    .contexts()[0]
    ?.pages()
    .find((one) => one.url().startsWith('http:')) as Page;
  const frameMs = await slowFrame(page);
  await page.close();
  return { frameMs, browserMs };
}

/** Milliseconds of processor time that all processes of the browser have taken. */
async function browserTime(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  // A process can be listed more than once.
  const times = new Map(processInfo.map(({ id, cpuTime }) => [id, cpuTime]));
  return [...times.values()].reduce((sum, cpuTime) => sum + cpuTime * 1000, 0);
}

function slowFrame(page: Page): Promise<number> {
  return page.evaluate('frames.sort((one, other) => one - other)[Math.floor(frames.length * 0.95)]');
}

/** Collects the milliseconds between two frames, ten times a second: each frame that is asked for costs time. */
function sampleFrames(page: Page): Promise<unknown> {
  return page.evaluate(`{
    globalThis.frames = [];
    setInterval(() => {
      requestAnimationFrame((before) => requestAnimationFrame((now) => void globalThis.frames.push(now - before)));
    }, 100);
  }`);
}

function medianOf(runs: readonly Run[]): Run {
  const of = (value: (run: Run) => number): number => summaryOf(runs.map(value)).median;
  const ofPage = (value: (cost: PageCost) => number): number => of(({ page }) => value(page as PageCost));
  return {
    recordsPerSecond: of(({ recordsPerSecond }) => recordsPerSecond),
    cpuMs: of(({ cpuMs }) => cpuMs),
    page: runs[0]?.page && {
      frameMs: ofPage(({ frameMs }) => frameMs),
      browserMs: ofPage(({ browserMs }) => browserMs),
    },
  };
}

function line(variant: Variant, { recordsPerSecond, cpuMs, page }: Run): string {
  const speed = `${Math.round(recordsPerSecond).toLocaleString('en')} records/s`;
  const cpu = `${cpuMs.toFixed(1)} ms of processor for 1,000`;
  const cost =
    page === undefined
      ? ''
      : `, and ${page.browserMs.toFixed(1)} ms of the browser  95 % of frames within ${Math.round(page.frameMs)} ms`;
  return `${variant.padEnd(10)}${speed.padStart(18)}  ${cpu}${cost}`;
}

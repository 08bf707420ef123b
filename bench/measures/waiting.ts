import type { DynamoDBStreamEvent } from 'aws-lambda';
import { CONTENDER_NAMES, loadContender } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import { type BatchLanes, lanesOf } from '../data/lanes.ts';
import { OrderWatch } from '../order-watch.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';

const LATENCY_MS = 5;
const BOUND = 'bound';
const STEPS = 14;
const QUICK_UNLIMITED = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

export const waitingMeasure: Measure = {
  name: 'waiting',
  title: 'Handlers that wait',
  method:
    `Each handler waits ${LATENCY_MS} ms (setTimeout). A scheduler that keeps the changes of an item in order needs at ` +
    'least max(longest lane x latency, records x latency / concurrency). The bound is an estimate of that time. Its latency ' +
    `is measured on this machine in the same rounds: as many timers of ${LATENCY_MS} ms as the concurrency start at once, ` +
    'and the slowest of them counts. 1,000 timers at once take longer than one alone, which the table shows too. With a ' +
    'low concurrency, the estimate can be 1 % above the true bound. An order violation is a record that started before ' +
    'the previous change of the same item had finished. Libraries without a limit of concurrency are measured on fewer ' +
    'records, because some of them handle records one by one.',
  plans: (effort) => [
    ...[10, 100, 1000].map((concurrency) => limited(concurrency, effort)),
    unlimited(effort),
  ],
};

function limited(concurrency: number, { quick }: Effort): GroupPlan {
  const records = quick && concurrency === 10 ? 1_000 : FULL_BATCH.records;
  return {
    id: `waiting/${concurrency}`,
    title: `${records.toLocaleString('en')} records, concurrency ${concurrency}`,
    unit: 'ms',
    places: alone(BOUND, 'streamlane', ...(quick ? [] : ['aws-lambda-stream'])),
    ...roundsAt(concurrency, quick),
    entrant: (name) => entrantOf(name, records, concurrency),
  };
}

/**
 * At concurrency 10 a batch takes seconds: few rounds. At 1,000 it takes a tenth of one, most of it idle, and it is
 * some 25 batches until the compiler is done.
 */
function roundsAt(concurrency: number, quick: boolean): Pick<GroupPlan, 'rounds' | 'warmups'> {
  if (quick) return { rounds: 1, warmups: 1 };
  return concurrency === 1_000 ? { rounds: 31, warmups: 30 } : { rounds: 5, warmups: 1 };
}

function unlimited({ quick }: Effort): GroupPlan {
  const records = quick ? 200 : 2_000;
  const names = quick ? QUICK_UNLIMITED : CONTENDER_NAMES.filter((name) => name !== 'aws-lambda-stream');
  return {
    id: 'waiting/no-limit',
    title: `${records.toLocaleString('en')} records, libraries without a limit of concurrency`,
    unit: 'ms',
    places: alone(...names),
    rounds: quick ? 1 : 3,
    warmups: quick ? 0 : 1,
    notes: [
      'Here, streamlane runs with concurrency 1,000. Each of the others runs all records at once, or one by one.',
    ],
    entrant: (name) => entrantOf(name, records, 1_000),
  };
}

async function entrantOf(name: string, records: number, concurrency: number): Promise<Entrant> {
  const text = batchText({ profile: 'small', ...FULL_BATCH, records });
  const lanes = lanesOf((JSON.parse(text) as DynamoDBStreamEvent).Records);
  return name === BOUND
    ? bound(lanes, records, concurrency)
    : waiting(name, text, lanes, records, concurrency);
}

function bound({ longest }: BatchLanes, records: number, concurrency: number): Entrant {
  return {
    async sample() {
      const lone = await stepWait(1);
      const latency = await stepWait(concurrency);
      const value = Math.max(longest * latency, (records * latency) / concurrency);
      return {
        value,
        facts: {
          'longest lane': longest,
          'timer ms': hundredths(latency),
          'lone timer ms': hundredths(lone),
        },
      };
    },
  };
}

/** How long a step takes when so many timers are in flight all the time: until the slowest of them is done. */
async function stepWait(inFlight: number): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let step = 0; step < STEPS; step++)
        await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    }),
  );
  return (performance.now() - startedAt) / STEPS;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

async function waiting(
  name: string,
  text: string,
  lanes: BatchLanes,
  records: number,
  concurrency: number,
): Promise<Entrant> {
  const watch = new OrderWatch(lanes);
  const contender = await loadContender(name);
  const handle = await contender.each(async (sequenceNumber) => {
    const place = watch.start(sequenceNumber);
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    watch.finish(place);
  }, concurrency);
  return timed({
    prepare: () => {
      watch.reset();
      return JSON.parse(text) as DynamoDBStreamEvent;
    },
    run: handle,
    verify: () => {
      if (watch.finished !== records)
        throw new Error(`${name} finished ${watch.finished} of ${records} records`);
    },
    facts: () => ({ 'order violations': watch.violations }),
  });
}

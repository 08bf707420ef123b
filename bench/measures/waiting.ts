import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { CONTENDER_NAMES, loadContender } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import { type BatchLanes, lanesOf } from '../data/lanes.ts';
import { OrderWatch } from '../order-watch.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { summaryOf } from '../statistics.ts';

const LATENCY_MS = 5;
const BOUND = 'bound';
const TIMERS = 30;
const QUICK_UNLIMITED = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

export const waitingMeasure: Measure = {
  name: 'waiting',
  title: 'Handlers that wait',
  method:
    `Each handler waits ${LATENCY_MS} ms (setTimeout). No scheduler that keeps the changes of an item in order can ` +
    'beat max(longest lane x latency, records x latency / concurrency). The latency in that bound is the median ' +
    `that a single ${LATENCY_MS} ms timer really takes on this machine, measured in the same rounds. An order ` +
    'violation is a record that was started before the one before it, on the same item, had finished. Those who ' +
    'know no limit to their concurrency are measured apart, on fewer records, because some take them one by one.',
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
    rounds: quick ? 1 : 5,
    warmups: 1,
    entrant: (name) => entrantOf(name, records, concurrency),
  };
}

function unlimited({ quick }: Effort): GroupPlan {
  const records = quick ? 200 : 2_000;
  const names = quick ? QUICK_UNLIMITED : CONTENDER_NAMES.filter((name) => name !== 'aws-lambda-stream');
  return {
    id: 'waiting/no-limit',
    title: `${records.toLocaleString('en')} records, everyone who knows no limit`,
    unit: 'ms',
    places: alone(...names),
    rounds: quick ? 1 : 3,
    warmups: quick ? 0 : 1,
    notes: [
      'streamlane runs here with concurrency 1,000; all others take either all records at once or one by one.',
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
      const waits: number[] = [];
      for (let index = 0; index < TIMERS; index++) {
        const startedAt = performance.now();
        await wait(LATENCY_MS);
        waits.push(performance.now() - startedAt);
      }
      const latency = summaryOf(waits).median;
      const value = Math.max(longest * latency, (records * latency) / concurrency);
      return { value, facts: { 'longest lane': longest, 'timer ms': Math.round(latency * 100) / 100 } };
    },
  };
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

import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { loadContender } from '../contenders/index.ts';
import { batchText } from '../data/batch.ts';
import type { Effort, Entrant, GroupPlan } from '../run/plan.ts';

const RECORDS = 1_000;
const CONCURRENCY = 100;
const FAILURES = 10;
const LATENCIES_MS = [5, 60];
const CONTENDERS = ['streamlane', 'Powertools parallel + unmarshall'];

/** How many records are handled more than once, while one in the middle of a batch fails ten times. */
export function repeatsPlan({ quick }: Effort): GroupPlan {
  return {
    id: 'failures/repeats',
    title: `${RECORDS.toLocaleString('en')} records, the one in the middle fails ${FAILURES} times`,
    unit: 'records repeated',
    places: (quick ? ['streamlane'] : CONTENDERS).flatMap((contender) =>
      LATENCIES_MS.map((ms) => ({ name: `${contender}, ${ms} ms`, host: contender })),
    ),
    rounds: quick ? 1 : 5,
    warmups: 0,
    notes: [
      `Handlers wait 5 or 60 ms. ${CONCURRENCY} lanes run at once; with Powertools, all records run at once. After each response, ` +
        'the records from the lowest reported one on are delivered again, as Lambda does. Attempts of the failing record are not counted.',
    ],
    entrant: (name) => {
      const [contender = '', latency = ''] = name.split(', ');
      return entrantOf(contender, Number.parseInt(latency, 10));
    },
  };
}

async function entrantOf(contender: string, latencyMs: number): Promise<Entrant> {
  const { Records } = JSON.parse(
    batchText({ profile: 'small', records: RECORDS, items: 1_000_000, seed: 4 }),
  ) as DynamoDBStreamEvent;
  const failing = sequenceNumberOf(Records[RECORDS / 2]);
  const { each } = await loadContender(contender);
  return {
    async sample() {
      const handled = new Map<string, number>();
      let failures = 0;
      const handle = await each(async (sequenceNumber) => {
        await new Promise((resolve) => setTimeout(resolve, latencyMs));
        if (sequenceNumber === failing && failures < FAILURES) {
          failures++;
          throw new Error('This record fails');
        }
        handled.set(sequenceNumber, (handled.get(sequenceNumber) ?? 0) + 1);
      }, CONCURRENCY);
      await deliver(Records, handle as (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>);
      if (handled.size !== RECORDS || failures !== FAILURES) {
        throw new Error(
          `${contender} handled ${handled.size} of ${RECORDS} records, with ${failures} failures`,
        );
      }
      const total = [...handled.values()].reduce((sum, times) => sum + times, 0);
      return { value: total - RECORDS };
    },
  };
}

/** Delivers the lowest reported record and those after it again, until nothing is reported. */
async function deliver(
  records: readonly DynamoDBRecord[],
  handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>,
): Promise<void> {
  let left = records;
  while (left.length > 0) {
    const { batchItemFailures } = await handle({ Records: [...left] });
    const reported = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const lowest = left.findIndex((record) => reported.has(sequenceNumberOf(record)));
    left = lowest === -1 ? [] : left.slice(lowest);
  }
}

function sequenceNumberOf(record: DynamoDBRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? '';
}

import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { loadContender } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';
import { settle } from '../run/settle.ts';
import { expectedTally, Tally } from '../tally.ts';

const SIZES = [10, 100, 1_000, 10_000, 100_000];
const CONTENDERS = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

// However large the batches, a turn handles the same records: with fewer or repeated ones, caches and the collector
// have less to do, and the records of all contenders seem to get dearer with size.
const RECORDS_PER_TURN = 100_000;

export const growthMeasure: Measure = {
  name: 'growth',
  title: 'Growth',
  method:
    'The time per record, for batches of 10 to 100,000 small records. Lambda delivers at most 10,000. Async handlers read ' +
    'both images. Each turn parses the same 100,000 records, split into batches of that size, and then handles the ' +
    'batches one by one. So the data and the memory in use are the same for all sizes.',
  plans: (effort) => [planOf(effort)],
};

function planOf({ quick }: Effort): GroupPlan {
  const contenders = quick ? CONTENDERS.slice(0, 1) : CONTENDERS;
  const sizes = quick ? [1_000, 100_000] : SIZES;
  return {
    id: 'growth/small',
    title: 'Per record, both images of small records, asynchronous handlers',
    unit: 'µs',
    places: contenders.flatMap((contender) =>
      sizes.map((size) => ({ name: `${contender}, ${size} records`, host: contender })),
    ),
    rounds: quick ? 2 : 9,
    warmups: quick ? 1 : 3,
    // A function that got so many records at once would have to have more memory.
    nodeFlags: ['--max-old-space-size=4096'],
    entrant: (name) => {
      const [contender = '', size = ''] = name.split(', ');
      return entrantOf(contender, Number.parseInt(size, 10));
    },
  };
}

async function entrantOf(contender: string, size: number): Promise<Entrant> {
  const records = allRecords();
  const texts = batchesOf(records, size);
  const tally = new Tally();
  const { handler } = await loadContender(contender);
  const handle = await handler({ reads: 'both', async: true, tally });
  const expected = expectedTally(records, 'both');
  return {
    async sample() {
      tally.reset();
      const events = texts.map((text) => JSON.parse(text) as DynamoDBStreamEvent);
      settle();
      const startedAt = performance.now();
      for (const event of events) await handle(event);
      const ms = performance.now() - startedAt;
      tally.verify(contender, expected);
      return { value: (ms * 1000) / RECORDS_PER_TURN };
    },
  };
}

function allRecords(): readonly DynamoDBRecord[] {
  const text = batchText({ profile: 'small', ...FULL_BATCH, records: RECORDS_PER_TURN });
  return (JSON.parse(text) as DynamoDBStreamEvent).Records;
}

function batchesOf(records: readonly DynamoDBRecord[], size: number): string[] {
  const texts: string[] = [];
  for (let start = 0; start < records.length; start += size) {
    texts.push(JSON.stringify({ Records: records.slice(start, start + size) }));
  }
  return texts;
}

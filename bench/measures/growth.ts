import type { DynamoDBStreamEvent } from 'aws-lambda';
import { loadContender } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';
import { expectedTally, Tally } from '../tally.ts';

const SIZES = [10, 100, 1_000, 10_000, 100_000];
const CONTENDERS = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

// Small batches are repeated until so many records were handled: one alone is too short to time.
const RECORDS_PER_TURN = 10_000;

export const growthMeasure: Measure = {
  name: 'growth',
  title: 'Growth',
  method:
    'The cost per record of batches of 10 to 100,000 small records (Lambda delivers at most 10,000), both images ' +
    'read by async handlers. Each turn handles at least 10,000 records, so small batches are repeated, ' +
    'each with an event of its own.',
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
    rounds: quick ? 3 : 9,
    warmups: quick ? 2 : 3,
    // A function that got so many records at once would have to have more memory.
    nodeFlags: ['--max-old-space-size=4096'],
    entrant: (name) => {
      const [contender = '', size = ''] = name.split(', ');
      return entrantOf(contender, Number.parseInt(size, 10));
    },
  };
}

async function entrantOf(contender: string, size: number): Promise<Entrant> {
  const text = batchText({ profile: 'small', ...FULL_BATCH, records: size });
  const repeats = Math.max(1, RECORDS_PER_TURN / size);
  const tally = new Tally();
  const { handler } = await loadContender(contender);
  const handle = await handler({ reads: 'both', async: true, tally });
  const expected = expectedTally((JSON.parse(text) as DynamoDBStreamEvent).Records, 'both').times(repeats);
  return {
    async sample() {
      tally.reset();
      const events = Array.from({ length: repeats }, () => JSON.parse(text) as DynamoDBStreamEvent);
      const startedAt = performance.now();
      for (const event of events) await handle(event);
      const ms = performance.now() - startedAt;
      tally.verify(contender, expected);
      return { value: (ms * 1000) / (size * repeats) };
    },
  };
}

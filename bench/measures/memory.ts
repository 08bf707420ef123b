import { getHeapStatistics } from 'node:v8';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { CONTENDER_NAMES, loadContender, UNMARSHALL_FIRST } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import { PROFILES, type Profile } from '../data/items.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { expectedTally, Tally } from '../tally.ts';

// Reading the heap statistics takes about as long as handling a record.
const RECORDS_PER_READING = 20;
const MB = 1_000_000;

// Lambda starts Node with a semi space of a twentieth of the function's memory; 128 MB is the default. With V8's
// own default, 16 MB and more, garbage hides the memory that a batch keeps.
const SEMI_SPACE_MB = 6;

export const memoryMeasure: Measure = {
  name: 'memory',
  title: 'Memory',
  method:
    'How far the heap rises above the parsed event while a batch of 10,000 records is handled. Async handlers read ' +
    'one image. Each turn runs in a new process, after one batch to warm up. The young generation is as large as in a ' +
    `Lambda function of 128 MB (--max-semi-space-size=${SEMI_SPACE_MB}). Garbage is collected before the batch. Then every ` +
    'twentieth handler, and the end of the batch, reads the used heap from the V8 heap statistics, which include garbage ' +
    'that is not collected yet. The highest reading counts.',
  plans: (effort) =>
    PROFILES.filter((profile) => !effort.quick || profile === 'large').map((profile) =>
      planOf(profile, effort),
    ),
};

function planOf(profile: Profile, { quick }: Effort): GroupPlan {
  const names = quick ? ['streamlane', UNMARSHALL_FIRST] : [...CONTENDER_NAMES, UNMARSHALL_FIRST];
  return {
    id: `memory/${profile}`,
    title: `10,000 ${profile} records, one image read`,
    unit: 'MB',
    places: alone(...names),
    rounds: quick ? 1 : 5,
    warmups: 0,
    freshProcesses: true,
    nodeFlags: [`--max-semi-space-size=${SEMI_SPACE_MB}`],
    entrant: (name) => entrantOf(name, batchText({ profile, ...FULL_BATCH })),
  };
}

/** A tally that looks at the heap now and then. */
class HeapTally extends Tally {
  peak = 0;

  override images(...images: Parameters<Tally['images']>): void {
    super.images(...images);
    if (this.handled % RECORDS_PER_READING === 0) this.look();
  }

  look(): void {
    this.peak = Math.max(this.peak, usedHeap());
  }
}

async function entrantOf(name: string, text: string): Promise<Entrant> {
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const expected = expectedTally(parse().Records, 'one');
  const tally = new HeapTally();
  const contender = await loadContender(name);
  const handle = await contender.handler({ reads: 'one', async: true, tally });
  return {
    async sample() {
      await handle(parse());
      tally.reset();
      const event = parse();
      globalThis.gc?.();
      const before = usedHeap();
      tally.peak = before;
      await handle(event);
      tally.look();
      tally.verify(name, expected);
      return { value: (tally.peak - before) / MB, facts: { 'MB before': Math.round(before / MB) } };
    },
  };
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

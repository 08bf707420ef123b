import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { loadContender } from '../contenders/index.ts';
import { batchText } from '../data/batch.ts';
import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';

const RECORDS = 10_000;
const CONCURRENCY = 100;
const SINK = 'streamlane/sinks/sns';
const SINGLE = 'a Publish per record';

// So many possible items that every record is about one of its own.
const MANY_ITEMS = 1_000_000_000;

export const publishingMeasure: Measure = {
  name: 'publishing',
  title: 'Publishing to SNS',
  method:
    `A router with concurrency ${CONCURRENCY} publishes one message per record of a batch of ` +
    `${RECORDS.toLocaleString('en')} records to a standard topic in fauxqs, which runs in a separate process on the ` +
    'same machine. Requests are counted where the SDK sends them. A request takes 10 messages, so at least 1,000 are needed.',
  plans: (effort) => [planOf(effort)],
};

function planOf({ quick }: Effort): GroupPlan {
  const names = quick ? [SINK] : [SINK, SINGLE];
  return {
    id: 'publishing/sns',
    title: `${RECORDS.toLocaleString('en')} messages, concurrency ${CONCURRENCY}`,
    unit: 'ms',
    places: names.map((name) => ({ name, host: 'publishing' })),
    rounds: quick ? 1 : 3,
    warmups: quick ? 0 : 1,
    entrant: entrantOf,
  };
}

async function entrantOf(name: string): Promise<Entrant> {
  const { countedTopic } = await import('../pipeline/counted-topic.ts');
  const topic = await countedTopic(name === SINK ? 'batched' : 'single');
  const text = batchText({ profile: 'small', records: RECORDS, items: MANY_ITEMS, seed: 6 });
  const { each } = await loadContender('streamlane');
  const handle = await each(topic.publish, CONCURRENCY);
  let before = 0;
  return timed({
    prepare: () => {
      before = topic.requests();
      return JSON.parse(text) as DynamoDBStreamEvent;
    },
    run: handle,
    verify: (response) => {
      const { length } = (response as DynamoDBBatchResponse).batchItemFailures;
      if (length > 0) throw new Error(`${name} did not publish all records`);
    },
    facts: () => ({ requests: topic.requests() - before }),
  });
}

import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { loadContender } from '../contenders/index.ts';
import { batchText } from '../data/batch.ts';
import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { repeatsPlan } from './repeats.ts';

const RECORDS = 10_000;
const FAILING = [0, 1, 100, RECORDS];
const CONTENDERS = ['streamlane', 'Powertools parallel + unmarshall'];

// So many possible items that every record is about one of its own.
const MANY_ITEMS = 1_000_000_000;

export const failuresMeasure: Measure = {
  name: 'failures',
  title: 'Failing records',
  method:
    '10,000 records of 10,000 items are in flight at once (concurrency 10,000). So all 10,000 failures are processed, ' +
    'although streamlane starts no record after a failure. Handlers read nothing, await once, and then fail or succeed. ' +
    'They all throw the same error object, because creating errors takes time. The logger prints nothing. The run fails ' +
    'if a handler did not start, or if the response does not report what it has to. ' +
    'The second table counts the records that are handled again while one record keeps failing.',
  plans: (effort) => [planOf(effort), repeatsPlan(effort)],
};

function planOf({ quick }: Effort): GroupPlan {
  return {
    id: 'failures/in-flight',
    title: '10,000 small records in flight at once',
    unit: 'ms',
    places: (quick ? ['streamlane'] : CONTENDERS).flatMap((contender) =>
      FAILING.map((failing) => ({ name: nameOf(contender, failing), host: contender })),
    ),
    rounds: quick ? 4 : 21,
    warmups: 4,
    entrant: (name) => {
      const [contender = '', failing = ''] = name.split(', ');
      return entrantOf(contender, Number.parseInt(failing, 10));
    },
  };
}

function nameOf(contender: string, failing: number): string {
  return `${contender}, ${failing} failing`;
}

async function entrantOf(contender: string, failing: number): Promise<Entrant> {
  const text = batchText({ profile: 'small', records: RECORDS, items: MANY_ITEMS, seed: 4 });
  const sequenceNumbers = (JSON.parse(text) as DynamoDBStreamEvent).Records.map(
    ({ dynamodb }) => dynamodb?.SequenceNumber ?? '',
  );
  const every = RECORDS / failing;
  const fails = new Set(sequenceNumbers.filter((_, index) => index % every === Math.floor(every / 2)));
  const error = new Error('This record fails');
  let started = 0;
  const task = async (sequenceNumber: string) => {
    started++;
    await undefined;
    if (fails.has(sequenceNumber)) throw error;
  };
  const { each } = await loadContender(contender);
  // streamlane reports the lowest, Powertools all of them.
  const expected = contender === 'streamlane' ? [...fails].slice(0, 1) : [...fails];
  return timed({
    prepare: async () => {
      started = 0;
      // A new one each time: a batch that begins with the record streamlane last reported runs that record alone first.
      return { handle: await each(task, RECORDS), event: JSON.parse(text) as DynamoDBStreamEvent };
    },
    run: ({ handle, event }) => handle(event),
    verify: (response) => {
      const reported = (response as DynamoDBBatchResponse).batchItemFailures.map(
        (failure) => failure.itemIdentifier,
      );
      if (started === RECORDS && reported.sort().join() === expected.sort().join()) return;
      throw new Error(
        `${contender} started ${started} of ${RECORDS} records and reported ${reported.length} failures`,
      );
    },
  });
}

import type { FilledTable } from '../pipeline/filled-table.ts';
import type { Effort, Entrant, GroupPlan, Measure } from '../run/plan.ts';

/** Records in flight at once; the loop takes one after the other. */
const HANDLERS: Readonly<Record<string, number | 'loop'>> = {
  'streamlane, concurrency 1': 1,
  'streamlane, concurrency 10': 10,
  'streamlane, concurrency 100': 100,
  'loop + util-dynamodb': 'loop',
};

export const pipelineMeasure: Measure = {
  name: 'pipeline',
  title: 'From table to topic',
  method:
    'Invoices are written to a table in Dynoxide, a DynamoDB server with streams. The local event source mapping reads ' +
    'the stream in batches of up to 1,000 records and invokes the handler. The handler publishes every change to a FIFO ' +
    'topic in fauxqs (SNS and SQS), to which a queue subscribes. The clock runs from the start of the mapping to its last ' +
    'checkpoint. The servers run in a separate process on the same machine, so their speed is part of these numbers. The ' +
    'second group is the same without publishing. It shows the mapping alone, with its reads from Dynoxide.',
  plans: (effort) => [planOf(effort), mappingPlanOf(effort)],
};

function planOf({ quick }: Effort): GroupPlan {
  const records = quick ? 200 : 2_000;
  let table: Promise<FilledTable> | undefined;
  return {
    id: 'pipeline/sns',
    title: `${records.toLocaleString('en')} records from table to topic; more is better`,
    unit: 'records/s',
    places: Object.keys(HANDLERS).map((name) => ({ name, host: 'pipeline' })),
    rounds: quick ? 1 : 5,
    warmups: 1,
    entrant: async (name) => {
      table ??= import('../pipeline/filled-table.ts').then(({ fillTable }) => fillTable(records));
      return entrantOf(name, await table);
    },
  };
}

function mappingPlanOf({ quick }: Effort): GroupPlan {
  const records = quick ? 200 : 2_000;
  return {
    id: 'pipeline/mapping',
    title: `${records.toLocaleString('en')} records to a handler that does nothing; more is better`,
    unit: 'records/s',
    places: [{ name: 'streamlane/local', host: 'pipeline' }],
    rounds: quick ? 1 : 5,
    warmups: 1,
    entrant: async () => {
      const { fillTable } = await import('../pipeline/filled-table.ts');
      const { drain } = await import('../pipeline/drain.ts');
      const { streamArn } = await fillTable(records);
      const handler = async () => ({ batchItemFailures: [] });
      return {
        sample: async () => ({ value: records / ((await drain(streamArn, records, handler)) / 1000) }),
      };
    },
  };
}

async function entrantOf(name: string, table: FilledTable): Promise<Entrant> {
  const { publisher, publishingLoop, publishingRouter } = await import('../pipeline/publishers.ts');
  const { drain } = await import('../pipeline/drain.ts');
  const { streamArn, records } = table;
  let turn = 0;
  const publish = publisher(table, () => `${name.replaceAll(/\W+/g, '-')}-${turn}`);
  const concurrency = HANDLERS[name];
  if (concurrency === undefined) throw new RangeError(`There is no handler ${name}`);
  return {
    async sample() {
      turn++;
      const handler =
        concurrency === 'loop' ? publishingLoop(publish) : publishingRouter(publish, concurrency);
      const ms = await drain(streamArn, records, handler);
      return { value: records / (ms / 1000) };
    },
  };
}

import type { DynamoDBRecord } from 'aws-lambda';
import { JSON_PARSE, jsonParse } from '../batch-entrant.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { BenchItem } from '../data/items.ts';
import {
  all,
  atLeast,
  changed,
  LazyRecord,
  matches,
  not,
  prefix,
  routeOf,
  runRoutes,
  type StreamRouter,
} from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { roundsFor } from './rounds-for.ts';

const NAME = 'streamlane, 5 routes';
const DECISIONS = 10_000;

type Add = StreamRouter<BenchItem, 'NEW_AND_OLD_IMAGES', Partial<BenchItem>>['onModify'];
type Condition = Parameters<Add>[0];

/** Conditions of which none holds, so that all are asked. */
const conditions: Condition[] = [
  changed('status', { to: 'NO SUCH STATUS' }) as Condition,
  changed('version', { to: atLeast(1_000_000) }) as Condition,
  matches<never>({ newImage: { customerId: prefix('NO SUCH CUSTOMER') } } as never) as Condition,
  all(changed('status'), not(changed('status'))) as Condition,
  changed(['customerId', 'invoiceId']) as Condition,
];

/** How long a router with five routes takes to decide for each record that none of them wants it. */
export function decisionsPlan({ quick }: Effort): GroupPlan {
  return {
    id: 'router/decisions',
    title: '10,000 small MODIFY records, five routes with built-in conditions that match no record',
    unit: 'ms',
    places: alone(NAME, JSON_PARSE),
    ...roundsFor('small', quick),
    notes: ['Only the search for the routes of a record is timed. The records are made before.'],
    entrant: async (name) => {
      const records = modifyRecords();
      return name === JSON_PARSE ? jsonParse(JSON.stringify({ Records: records })) : search(records);
    },
  };
}

function modifyRecords(): DynamoDBRecord[] {
  const all: { readonly Records: DynamoDBRecord[] } = JSON.parse(
    batchText({ profile: 'small', ...FULL_BATCH }),
  );
  const modified = all.Records.filter(({ eventName }) => eventName === 'MODIFY');
  return Array.from({ length: DECISIONS }, (_, at) => modified[at % modified.length] as DynamoDBRecord);
}

function search(records: readonly DynamoDBRecord[]): Entrant {
  let taken = 0;
  const routes = conditions.map((condition) => routeOf('onModify', [condition, () => taken++]));
  const reading = { toNumber: Number, viewType: 'NEW_AND_OLD_IMAGES' } as const;
  return timed({
    prepare: () => {
      taken = 0;
    },
    run: async () => {
      for (const raw of records) runRoutes(routes, new LazyRecord(raw, reading), {} as never);
    },
    verify: () => {
      if (taken !== 0) throw new Error(`${taken} records were taken`);
    },
  });
}

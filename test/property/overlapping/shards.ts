import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { type BatchPlan, batchPlans, recordsOf } from '../../fixtures/plans.ts';
import { Stage, sequenceNumberOf } from '../../fixtures/stage.ts';

/** The newest change of each item that a handler has written. */
export type Copy = Map<string, string>;

/** One shard: its changes, its handler, and what goes wrong around its invocations. */
export interface Shard {
  readonly records: readonly DynamoDBRecord[];
  /** Takes its time over a change, and fails as planned. */
  handle(sequenceNumber: string): unknown;
  /** The changes that fail in an invocation, for a handler in another thread. */
  failing(invocation: number): readonly string[];
  /** Returns true if the answer of an invocation does not arrive. */
  losesAnswer(invocation: number): boolean;
  /** Milliseconds that an invocation has: too few for some. */
  budgetMs(invocation: number): number;
  write(copy: Copy, sequenceNumber: string): void;
  /** Returns true if the copy has the newest change of each of its items. */
  isConverged(copy: Copy): boolean;
  itemOf(sequenceNumber: string): number;
}

/** Up to so many shards. Lambda delivers them side by side, and each in order. */
export function shardsOf(count: number): fc.Arbitrary<readonly Shard[]> {
  const shard = fc.record({
    plan: batchPlans({ maxRecords: 20, maxItems: 5, oneFailureIn: 12, relapses: true }),
    losses: fc.array(fc.boolean(), { maxLength: 4 }),
    budgets: fc.array(fc.integer({ min: 5, max: 15 }), { maxLength: 3 }),
  });
  return fc
    .array(shard, { minLength: 2, maxLength: count, size: 'max' })
    .map((plans) => plans.map(({ plan, losses, budgets }, number) => shardOf(plan, number, losses, budgets)));
}

function shardOf(
  plan: BatchPlan,
  number: number,
  losses: readonly boolean[],
  budgets: readonly number[],
): Shard {
  const stage = new Stage(plan);
  // Each its own stream: a position is in one stream only.
  const records = recordsOf(plan).map((record) => ({
    ...record,
    eventSourceARN: `${record.eventSourceARN}${number}`,
  }));
  const itemOf = (sequenceNumber: string): number =>
    plan.records[stage.indexOf(sequenceNumber)]?.item ?? Number.NaN;
  const keyOf = (sequenceNumber: string): string => `${number} ${itemOf(sequenceNumber)}`;
  return {
    records,
    itemOf,
    handle: (sequenceNumber) => stage.handle({ sequenceNumber }),
    failing: (invocation) =>
      plan.records.flatMap(({ failures }, index) =>
        ((failures >> invocation) & 1) === 1 ? [sequenceNumberOf(records[index])] : [],
      ),
    losesAnswer: (invocation) => losses[invocation] ?? false,
    budgetMs: (invocation) => budgets[invocation] ?? 30_000,
    write: (copy, sequenceNumber) => copy.set(keyOf(sequenceNumber), sequenceNumber),
    isConverged(copy) {
      const newest: Copy = new Map();
      for (const record of records) this.write(newest, sequenceNumberOf(record));
      return [...newest].every(([item, sequenceNumber]) => copy.get(item) === sequenceNumber);
    },
  };
}

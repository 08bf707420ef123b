import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { STREAM_ARN } from '../../fixtures/events.ts';
import { type Amount, amountOf } from './amounts.ts';
import { givesUp, type Kind, kindOf, NOTE, typeOf } from './entities.ts';
import type { Scenario, Write } from './scenario.ts';

/** When simulated histories begin. */
export const BEGINNING_MS = 1_767_225_600_000;

/** The table: partition and sort key have texts in common, so that a mixed-up key shows. */

/** Stands in each item but things, and may be in no log and no error. */
export const CANARY = 'canary-7f3a';

/** One change, as it happened; a record of the stream is made of it. */
export interface Change {
  /** Position in the order in which the table changed. */
  readonly index: number;
  readonly item: number;
  readonly keys: readonly [customerId: string, invoiceId: string];
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly byTtl: boolean;
  readonly status: 'OPEN' | 'PAID';
  readonly oldStatus: 'OPEN' | 'PAID' | undefined;
  readonly amount: Amount;
  readonly oldAmount: Amount | undefined;
  readonly kind: Kind;
  readonly oldKind: Kind | undefined;
  readonly malformed: boolean;
  readonly poison: boolean;
  readonly record: DynamoDBRecord;
}

export interface ShardPlan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly changes: readonly Change[];
}

let streams = 0;

/** The changes that the writes of a scenario make, and the shards that they are in. */
export function streamOf(scenario: Scenario): {
  readonly changes: readonly Change[];
  readonly shards: readonly ShardPlan[];
} {
  const { table } = scenario;
  // Functions keep the checkpoints that they reported: another stream for each history.
  const eventSourceARN = `${STREAM_ARN}-${streams++}`;
  const changes: Change[] = [];
  const stored = new Map<number, { readonly write: Write; readonly version: number }>();
  let second = Math.floor(BEGINNING_MS / 1000) - table.writes.length;
  for (const write of table.writes) {
    const before = stored.get(write.item);
    if (!write.together) second++;
    const removes = write.kind === 'delete' || write.kind === 'expire';
    if (write.kind === 'no-op' || (removes && before === undefined)) continue;
    const index = changes.length;
    const eventName = removes ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY';
    // Without anything that gives it up it would block the shard for a day.
    const last = givesUp(scenario);
    const change = {
      index,
      item: write.item,
      keys: keyTextsOf(scenario, write.item),
      eventName,
      byTtl: write.kind === 'expire',
      status: write.status,
      oldStatus: before?.write.status,
      amount: amountOf(scenario, index),
      oldAmount: before && amountOf(scenario, before.version),
      kind: kindOf(scenario, write.item, index),
      oldKind: before && kindOf(scenario, write.item, before.version),
      malformed: last && (write.malformed || before?.write.malformed === true),
      poison: last && (write.poison || before?.write.poison === true),
    } as const;
    const images = {
      before: before && imageOf(scenario, before.write, before.version, last),
      after: imageOf(scenario, write, index, last),
    };
    changes.push({ ...change, record: recordOf(scenario, change, second, images, eventSourceARN) });
    if (removes) stored.delete(write.item);
    else stored.set(write.item, { write, version: index });
  }
  return { changes, shards: shardsOf(scenario, changes) };
}

type Image = Record<string, AttributeValue>;

function imageOf(scenario: Scenario, write: Write, version: number, mayBeMalformed: boolean): Image {
  const kind = kindOf(scenario, write.item, version);
  return {
    ...keysOf(scenario, write.item),
    ...typeOf(kind),
    status: { S: write.status },
    version: { N: String(version) },
    amount: { N: amountOf(scenario, version).text },
    // What an audit trail shows of things holds no secret.
    ...(kind !== 'thing' && { secret: { S: CANARY } }),
    ...(mayBeMalformed && write.poison && { bad: { BOOL: true } }),
    ...(mayBeMalformed && write.malformed && { total: { N: `x${CANARY}` } }),
  };
}

function keysOf(scenario: Scenario, item: number): Image {
  const [customerId, invoiceId] = keyTextsOf(scenario, item);
  return { customerId: { S: customerId }, invoiceId: { S: invoiceId } };
}

function keyTextsOf(scenario: Scenario, item: number): Change['keys'] {
  const { partitions } = scenario.table;
  const prefix = kindOf(scenario, item, 0) === 'note' ? NOTE : '';
  return [String(item % partitions), `${prefix}${Math.floor(item / partitions)}`];
}

function recordOf(
  scenario: Scenario,
  change: Omit<Change, 'record'>,
  second: number,
  { before, after }: { readonly before: Image | undefined; readonly after: Image },
  eventSourceARN: string,
): DynamoDBRecord {
  const { viewType, digits } = scenario.table;
  const keys = Object.entries(keysOf(scenario, change.item));
  // The order of attributes varies between records.
  const Keys = Object.fromEntries(change.index % 2 === 0 ? keys : keys.toReversed());
  const hasNew = change.eventName !== 'REMOVE' && viewType.includes('NEW');
  const hasOld = change.eventName !== 'INSERT' && viewType.includes('OLD');
  return {
    eventID: `${change.index}`.padStart(32, '0'),
    eventName: change.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: second,
      Keys,
      ...(hasNew && { NewImage: after }),
      ...(hasOld && before !== undefined && { OldImage: before }),
      SequenceNumber: String(10n ** BigInt(digits) - 7n + BigInt(change.index)),
      SizeBytes: 100,
      StreamViewType: viewType,
    },
    eventSourceARN,
    ...(change.byTtl && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  } as DynamoDBRecord;
}

function shardsOf({ table }: Scenario, changes: readonly Change[]): readonly ShardPlan[] {
  // All changes of a partition are in one shard.
  const homeOf = (change: Change): number => (change.item % table.partitions) % table.shards;
  const shards: ShardPlan[] = [];
  for (let home = 0; home < table.shards; home++) {
    const own = changes.filter((change) => homeOf(change) === home);
    if (own.length === 0) continue;
    const id = `shardId-${home}`;
    if (home > 0 || table.splitAfter === undefined || table.splitAfter >= own.length) {
      shards.push({ id, parent: undefined, changes: own });
      continue;
    }
    const rest = own.slice(table.splitAfter);
    shards.push({ id, parent: undefined, changes: own.slice(0, table.splitAfter) });
    for (const half of [0, 1]) {
      const part = rest.filter(({ item }) => item % 2 === half);
      if (part.length > 0) shards.push({ id: `${id}${'ab'[half]}`, parent: id, changes: part });
    }
  }
  return shards;
}

import {
  all,
  any,
  atLeast,
  between,
  type Condition as ConditionOf,
  changed,
  eventPattern,
  exists,
  expired,
  greaterThan,
  matches,
  missing,
  not,
  prefix,
  suffix,
} from '../../../src/index.ts';
import type { NumberPlan } from '../model/amounts.ts';
import { type Condition, MORE_THAN_A_DOUBLE } from '../model/conditions.ts';
import type { World } from '../world/world.ts';

/** A record, as far as conditions of users look at it. */
interface AnyRecord {
  readonly sequenceNumber: string;
}

/** The library's conditions without their types: items and view types are drawn. */
const loose = { all, any, not, changed, matches, expired, eventPattern } as unknown as {
  all(...conditions: readonly ConditionOf<AnyRecord>[]): ConditionOf<AnyRecord>;
  any(...conditions: readonly ConditionOf<AnyRecord>[]): ConditionOf<AnyRecord>;
  not(condition: ConditionOf<AnyRecord>): ConditionOf<AnyRecord>;
  changed(path: string | readonly string[], options?: object): ConditionOf<AnyRecord>;
  matches(pattern: object): ConditionOf<AnyRecord>;
  readonly expired: ConditionOf<AnyRecord>;
  eventPattern(pattern: object): ConditionOf<AnyRecord>;
};

/** The condition of the route at a place; undefined for a route without one. */
export function conditionOf(
  world: World,
  condition: Condition,
  place: number,
): ConditionOf<AnyRecord> | undefined {
  const isEven = (record: AnyRecord): boolean => world.indexOf(record.sequenceNumber) % 2 === 0;
  // One of its attributes is always there.
  const isPaid = (): ConditionOf<AnyRecord> =>
    loose.matches({ newImage: { status: 'PAID', amount: exists() } });
  switch (condition) {
    case 'none':
      return undefined;
    case 'changed to PAID':
      return loose.changed('status', { to: 'PAID' });
    case 'changed amount':
      return loose.changed('amount');
    case 'changed status or amount':
      return loose.changed(['status', 'amount']);
    case 'changed from 42':
      return loose.changed('amount', { from: numberFor(world.scenario.fn.numbers) });
    case 'changed to at least 1000':
      return loose.changed('amount', { to: atLeast(1000) });
    case 'expired':
      return loose.expired;
    case 'not expired':
      return loose.not(loose.expired);
    case 'pattern PAID':
      return loose.eventPattern({ dynamodb: { NewImage: { status: { S: ['PAID'] } } } });
    case 'matches PAID':
      return isPaid();
    case 'matches from OPEN to PAID':
      return loose.matches({ newImage: { status: 'PAID' }, oldImage: { status: 'OPEN' } });
    case 'matched OPEN':
      return loose.matches({ oldImage: { status: 'OPEN' } });
    case 'matches a key':
      return loose.matches({ keys: { customerId: suffix('0') } });
    case 'matches 42':
      return loose.matches({ newImage: { amount: numberFor(world.scenario.fn.numbers) } });
    case 'matches a small amount':
      return loose.matches({ newImage: { amount: between(-1, 42) } });
    case 'matches more than a double':
      return loose.matches({ newImage: { amount: greaterThan(MORE_THAN_A_DOUBLE) } });
    case 'matches without an attribute':
      return loose.matches({ newImage: { bad: missing() } });
    case 'matchers for another type':
      return loose.any(
        loose.matches({ newImage: { version: prefix('') } }),
        loose.matches({ newImage: { status: atLeast(0) } }),
      );
    case 'own':
      return isEven;
    case 'own that throws':
      return (record) => answerOf(world, record, place);
    case 'own and PAID':
      return loose.all(isEven, isPaid());
    case 'own or PAID':
      return loose.any(isEven, isPaid());
    case 'neither own nor PAID':
      return loose.not(loose.any(isEven, isPaid()));
  }
}

/** The number 42 as handlers get it, and as users write it. */
function numberFor(numbers: NumberPlan): unknown {
  if (numbers === 'string') return '42';
  return numbers === 'BigInt' ? 42n : 42;
}

/** Throws at first, or has another slip: the answer is a promise, which is truthy. */
function answerOf(world: World, record: AnyRecord, place: number): boolean {
  const index = world.indexOf(record.sequenceNumber);
  world.unanswered.delete(`${place} ${index}`);
  if (world.nextAttempt(`condition ${place} ${index}`) > 0) return true;
  if (index % 3 === 0) throw new Error('The condition did not work.');
  world.unanswered.add(`${place} ${index}`);
  const answer =
    index % 3 === 1 ? Promise.resolve(false) : Promise.reject(new Error('The condition did not work.'));
  return answer as unknown as boolean;
}

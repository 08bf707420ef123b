import type { StreamViewType } from '../../../src/index.ts';
import type { Change } from './table.ts';

/** A condition of a route, as its user means it. */
interface ConditionPlan {
  /** The images that the record has to carry. */
  readonly reads?: 'newImage' | 'oldImage' | 'both images';
  /** The only event that it is for. */
  readonly only?: Change['eventName'];
  holds(change: Change): boolean;
}

/** Each condition that routes may have, decided from the writes and not from the record. */
export const CONDITIONS = {
  none: { holds: () => true },
  'changed to PAID': {
    reads: 'both images',
    holds: ({ status, oldStatus }) => status === 'PAID' && oldStatus !== 'PAID',
  },
  'changed amount': {
    reads: 'both images',
    holds: ({ amount, oldAmount }) => amount.text !== oldAmount?.text,
  },
  'changed status or amount': {
    reads: 'both images',
    holds: ({ status, oldStatus, amount, oldAmount }) =>
      status !== oldStatus || amount.text !== oldAmount?.text,
  },
  'changed from 42': {
    reads: 'both images',
    holds: ({ amount, oldAmount }) => oldAmount?.text === '42' && amount.text !== '42',
  },
  'changed to at least 1000': {
    reads: 'both images',
    holds: ({ amount, oldAmount }) => amount.text !== oldAmount?.text && amount.number >= 1000,
  },
  expired: { only: 'REMOVE', holds: ({ byTtl }) => byTtl },
  'not expired': { only: 'REMOVE', holds: ({ byTtl }) => !byTtl },
  'pattern PAID': { reads: 'newImage', holds: isPaid },
  'matches PAID': { reads: 'newImage', holds: isPaid },
  'matches from OPEN to PAID': {
    reads: 'both images',
    holds: (change) => isPaid(change) && change.oldStatus === 'OPEN',
  },
  'matched OPEN': { reads: 'oldImage', holds: ({ oldStatus }) => oldStatus === 'OPEN' },
  'matches a key': { holds: ({ keys: [customerId] }) => customerId.endsWith('0') },
  'matches 42': { reads: 'newImage', holds: ({ amount }) => amount.text === '42' },
  'matches a small amount': {
    reads: 'newImage',
    holds: ({ amount }) => amount.number >= -1 && amount.number <= 42,
  },
  'matches more than a double': {
    reads: 'newImage',
    holds: ({ amount }) => amount.number > MORE_THAN_A_DOUBLE,
  },
  'matches without an attribute': {
    reads: 'newImage',
    holds: ({ record }) => record.dynamodb?.NewImage?.bad === undefined,
  },
  'matchers for another type': { reads: 'newImage', holds: () => false },
  own: { holds: isEven },
  'own that throws': { holds: () => true },
  'own and PAID': { reads: 'newImage', holds: (change) => isEven(change) && isPaid(change) },
  'own or PAID': { reads: 'newImage', holds: (change) => isEven(change) || isPaid(change) },
  'neither own nor PAID': { reads: 'newImage', holds: (change) => !isEven(change) && !isPaid(change) },
} as const satisfies Readonly<Record<string, ConditionPlan>>;

export type Condition = keyof typeof CONDITIONS;

/** As a double it equals the integer after it. */
export const MORE_THAN_A_DOUBLE = 9007199254740992n;

/** Tells if a condition holds for a change. */
export function holdsFor(condition: Condition, change: Change): boolean {
  return (CONDITIONS[condition] as ConditionPlan).holds(change);
}

/** Tells if a condition is allowed for an event of a stream with that view type. */
export function isUsable(
  condition: Condition,
  eventName: Change['eventName'],
  viewType: StreamViewType,
): boolean {
  const { reads, only = eventName }: ConditionPlan = CONDITIONS[condition];
  if (only !== eventName) return false;
  const needsNew = reads === 'newImage' || reads === 'both images';
  const needsOld = reads === 'oldImage' || reads === 'both images';
  if (needsNew && (eventName === 'REMOVE' || !viewType.includes('NEW'))) return false;
  return !needsOld || (eventName !== 'INSERT' && viewType.includes('OLD'));
}

function isPaid({ status }: Change): boolean {
  return status === 'PAID';
}

function isEven({ index }: Change): boolean {
  return index % 2 === 0;
}

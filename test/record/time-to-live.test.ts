import { expect, test } from 'vitest';
import { isExpired, TIME_TO_LIVE } from '../../src/record/time-to-live.ts';

test.each<[what: string, record: Parameters<typeof isExpired>[0], expected: boolean]>([
  ['deleted by Time to Live', { eventName: 'REMOVE', userIdentity: TIME_TO_LIVE }, true],
  ['deleted by a user', { eventName: 'REMOVE' }, false],
  ['changed by the service', { eventName: 'MODIFY', userIdentity: TIME_TO_LIVE }, false],
  [
    'deleted by a user of that name',
    { eventName: 'REMOVE', userIdentity: { ...TIME_TO_LIVE, type: 'User' } },
    false,
  ],
  [
    'deleted by replication',
    {
      eventName: 'REMOVE',
      userIdentity: { ...TIME_TO_LIVE, principalId: 'replication.dynamodb.amazonaws.com' },
    },
    false,
  ],
])('an item that was %s has expired: %#', (_, record, expected) => {
  expect(isExpired(record)).toBe(expected);
});

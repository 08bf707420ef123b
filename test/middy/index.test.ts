import middy from '@middy/core';
import { expect, test, vi } from 'vitest';
import { streamRecords } from '../../src/middy/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

// A package that is not installed cannot be had otherwise here.
vi.mock('@aws-sdk/util-dynamodb', () => {
  throw new Error('Cannot find package');
});

test("numbers: 'exact' without its peer is said at every event, and ends no process before", async () => {
  const handler = middy().use(streamRecords({ numbers: 'exact' }));
  await new Promise(setImmediate);

  for (let times = 0; times < 2; times++) {
    await expect(handler(eventOf({}) as never, contextOf())).rejects.toMatchObject({ code: 'MISSING_PEER' });
  }
});

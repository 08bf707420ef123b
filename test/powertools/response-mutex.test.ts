import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ResponseMutex } from '../../src/powertools/response-mutex.ts';

test('a turn lasts until the response can have been read, also when its task is asynchronous or fails', async () => {
  const turns = new ResponseMutex();
  let shown = '';
  const answer = async (name: string, task: () => Promise<void> = async () => {}) => {
    await turns
      .runExclusive(() => {
        shown = name;
        return task();
      })
      .catch(() => {});
    // As many promise callbacks as lie between process() and response().
    for (let callbacks = 0; callbacks < 20; callbacks++) await undefined;
    return shown;
  };

  expect(
    await Promise.all([
      answer('a'),
      answer('b', async () => void (await sleep(2))),
      answer('c', () => Promise.reject(new Error('no'))),
      answer('d'),
    ]),
  ).toEqual(['a', 'b', 'c', 'd']);
});

test('gives what its task gives', async () => {
  expect(await new ResponseMutex().runExclusive(() => 7)).toBe(7);
});

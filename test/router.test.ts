import { expect, test } from 'vitest';
import { streamRouter } from '../src/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from './fixtures/events.ts';

test('each event name reaches its own routes, in the order registered', async () => {
  const seen: string[] = [];
  const router = streamRouter<{ id: string }>()
    .onInsert(({ newImage }) => void seen.push(`insert ${newImage.id}`))
    .onModify(async ({ oldImage, newImage }) => void seen.push(`modify ${oldImage.id} ${newImage.id}`))
    .onModify(({ keys }) => void seen.push(`modify again ${keys.id}`))
    .onRemove(({ oldImage }) => void seen.push(`remove ${oldImage.id}`));

  const response = await router(
    eventOf({ eventName: 'INSERT', id: 'a' }, { eventName: 'MODIFY', id: 'a' }, { eventName: 'REMOVE', id: 'a' }),
    contextOf(),
  );

  expect(response).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(['insert a', 'modify a a', 'modify again a', 'remove a']);
});

test('the response names the lowest sequence number that did not succeed, and only that one', async () => {
  const logger = memoryLogger();
  const handled: string[] = [];
  const router = streamRouter<{ id: string }>({ logger }).onInsert(async ({ newImage }) => {
    if (newImage.id === 'b') await Promise.reject(undefined);
    handled.push(newImage.id);
  });
  const response = await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf());
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
  expect(handled).toEqual(['a', 'c']);
});

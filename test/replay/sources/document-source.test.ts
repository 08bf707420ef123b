import { expect, test } from 'vitest';
import { documentSource } from '../../../src/replay/sources/document-source.ts';

test('names the documents by their places, and lets go of nothing', async () => {
  const source = documentSource(['a', { b: 1 }]);
  const messages = await source.take(new AbortController().signal);
  expect(messages).toEqual([
    { id: 'document 1', body: 'a' },
    { id: 'document 2', body: { b: 1 } },
  ]);
  expect(source.inRounds).toBe(false);
  expect(await source.done(messages)).toEqual(new Map());
  expect(await source.release()).toBeUndefined();
});

test('a hole in the list is a document like any other that is not understood', async () => {
  // biome-ignore lint/suspicious/noSparseArray: that is what comes
  const messages = await documentSource([, 'b']).take(new AbortController().signal);
  expect(messages).toEqual([
    { id: 'document 1', body: undefined },
    { id: 'document 2', body: 'b' },
  ]);
});

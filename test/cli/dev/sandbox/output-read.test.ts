import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { outputRead } from '../../../../src/cli/dev/sandbox/output-read.ts';

test('waits until the written output is read', async () => {
  const reads: (() => void)[] = [];
  const stream = new Writable({ write: (_chunk, _encoding, read) => void reads.push(read) });
  stream.write('a');
  stream.write('b');
  let isRead = false;
  const waiting = outputRead([stream]).then(() => {
    isRead = true;
  });
  for (const before of [false, false, false]) {
    await new Promise(setImmediate);
    expect(isRead).toBe(before);
    reads.shift()?.();
  }
  await waiting;
});

test('does not wait, and writes nothing, where nothing was written', async () => {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, read) {
      written.push(`${chunk}`);
      read();
    },
  });
  await outputRead([stream]);
  expect(written).toEqual([]);
});

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { maskOf } from '../../../src/console/protocol/mask.ts';
import { Recorder } from '../../../src/console/recorder.ts';
import { exportDocument } from '../../../src/console/server/export-document.ts';

function recording(mask?: string, maxWeight?: number) {
  const mapping = new EventEmitter();
  const limits = maxWeight === undefined ? {} : { maxWeight };
  const recorder = new Recorder({ mask: maskOf(mask), failuresOf: () => [], limits });
  recorder.follow(mapping as never);
  const read = (sequenceNumber: string, NewImage: object) =>
    mapping.emit('read', {
      shardId: 's',
      records: [{ dynamodb: { SequenceNumber: sequenceNumber, Keys: { id: { S: 'a' } }, NewImage } }],
    });
  const exported = () => JSON.parse([...exportDocument({ recorder, run: 'r', keyNames: ['id'] })].join(''));
  return { recorder, read, exported };
}

test('an export has all events in order, and says what it is', () => {
  const { recorder, read, exported } = recording();
  expect(exported().events).toEqual([]);
  read('1', { total: { N: '1' } });
  recorder.tell({ event: 'reloaded' });
  expect(exported()).toEqual({
    format: 'streamlane-console',
    version: 1,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    run: 'r',
    dropped: 0,
    keyNames: ['id'],
    events: [
      expect.objectContaining({
        id: 1,
        event: 'read',
        records: [expect.objectContaining({ newImage: { total: { N: '1' } } })],
      }),
      expect.objectContaining({ id: 2, event: 'reloaded' }),
    ],
  });
});

test('an export has no hidden value, and says how many events were dropped', () => {
  const { read, exported } = recording('email', 4);
  for (const number of ['1', '2', '3']) read(number, { email: { S: `secret-${number}` } });
  expect(exported()).toMatchObject({ dropped: 1, events: [{ id: 2 }, { id: 3 }] });
  expect(JSON.stringify(exported())).not.toContain('secret');
});

test('hostile values survive', () => {
  const { read, exported } = recording();
  const image = JSON.parse('{"__proto__":{"S":"</script>\\u0000\\u2028`"},"constructor":{"S":"x"}}');
  image.large = { S: 'x'.repeat(2 ** 20) };
  read('1', image);
  expect(JSON.stringify(exported().events[0].records[0].newImage)).toBe(JSON.stringify(image));
});

test('events that come during an export are not in it', () => {
  const { recorder, read } = recording();
  read('1', {});
  const pieces = exportDocument({ recorder, run: 'r', keyNames: [] });
  const first = pieces.next().value as string;
  recorder.tell({ event: 'waiting' });
  expect(JSON.parse(first + [...pieces].join('')).events).toHaveLength(1);
});

import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { MASKED, maskOf, NO_MASK } from '../../../src/console/protocol/mask.ts';
import { Recorder, type RerunEnd } from '../../../src/console/recorder.ts';
import { type RerunOptions, rerunActions } from '../../../src/console/rerun/rerun-actions.ts';
import { testStream } from '../../../src/testing/test-stream.ts';
import { SUCCESS } from './success.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/2026-01-01T00:00:00.000';

const stream = testStream<Record<string, unknown>>({ keys: ['id'], name: 'T' });
const inserted = stream.insert({ id: 'a', email: 'secret', total: 1 });
const changed = stream.modify({ id: 'a', email: 'secret', total: 1 }, { id: 'a', email: 'secret', total: 2 });
const removed = stream.remove({ id: 'a', email: 'secret', total: 2 });

function rerunning(options: Partial<RerunOptions> & { readonly read?: readonly DynamoDBRecord[] } = {}) {
  const { read = [inserted, changed, removed], ...others } = options;
  const mask = options.mask ?? NO_MASK;
  const recorder = new Recorder({ mask, failuresOf: () => [] });
  recorder.follow({
    on: (name: string, listener: (event: object) => void) =>
      void (name === 'read' && listener({ shardId: 's', records: read })),
  } as never);
  const sent: DynamoDBRecord[][] = [];
  const { rerun, invoke } = rerunActions({
    recorder,
    invoke: async (records) => {
      sent.push([...records]);
      return SUCCESS;
    },
    keyNames: ['id'],
    mask,
    streamArn: STREAM,
    hasWindows: false,
    ...others,
  });
  return {
    sent,
    events: () => recorder.after(0, 1000).slice(1),
    rerun: rerun as NonNullable<typeof rerun>,
    invoke: invoke as NonNullable<typeof invoke>,
  };
}

const settled = () => new Promise(setImmediate);

test('records are sent again as they were read, in the order of the stream', async () => {
  const { rerun, sent, events } = rerunning({ mask: maskOf('email') });
  expect(await rerun({ numbers: [2, 1] })).toEqual({ first: 4 });
  await settled();
  expect(sent).toEqual([[inserted, changed]]);
  expect(events()).toMatchObject([
    {
      event: 'rerunStarted',
      kind: 'again',
      of: [
        [2, 2],
        [1, 1],
      ],
      records: [{ number: 4 }, { number: 5 }],
    },
    { event: 'rerun', records: [[4, 5]], outcome: 'succeeded', processed: 1, durationMs: 1, response: null },
  ]);
  expect(JSON.stringify(events())).not.toContain('secret');
});

test('a rerun can be rerun', async () => {
  const { rerun, sent } = rerunning();
  await rerun({ numbers: [1] });
  expect(await rerun({ numbers: [4] })).toEqual({ first: 5 });
  await settled();
  expect(sent).toEqual([[inserted], [inserted]]);
});

test('reruns wait for each other', async () => {
  const ends: ((end: RerunEnd) => void)[] = [];
  const { rerun, events } = rerunning({ invoke: () => new Promise((resolve) => ends.push(resolve)) });
  await rerun({ numbers: [1] });
  const second = rerun({ numbers: [2] });
  await settled();
  expect(events().map(({ event }) => event)).toEqual(['rerunStarted']);
  ends[0]?.(SUCCESS);
  await second;
  expect(events().map(({ event }) => event)).toEqual(['rerunStarted', 'rerun', 'rerunStarted']);
});

test('an edited record has the new image, its key and size, and an event id of its own', async () => {
  const { invoke, sent, events } = rerunning();
  const newImage = '{"id":"b","total":30}';
  await invoke({ kind: 'edited', of: 1, format: 'plain', newImage });
  await settled();
  const [[record]] = sent as [[DynamoDBRecord]];
  expect(record).toEqual({
    ...inserted,
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    dynamodb: {
      ...inserted.dynamodb,
      Keys: { id: { S: 'b' } },
      NewImage: { id: { S: 'b' }, total: { N: '30' } },
      SizeBytes: 3 + 3 + 5 + 2,
    },
  });
  expect(record.eventID).not.toBe(inserted.eventID);
  expect(events()[0]).toMatchObject({ kind: 'edited', of: [[1, 1]] });
});

test('hidden values that were not edited reach the handler, and the mask does not', async () => {
  const { invoke, sent } = rerunning({ mask: maskOf('email') });
  const [oldImage, newImage] = [1, 7].map((total) => JSON.stringify({ id: 'a', email: MASKED, total }));
  await invoke({ kind: 'edited', of: 2, format: 'plain', oldImage, newImage });
  await settled();
  expect(sent[0]?.[0]?.dynamodb?.NewImage).toEqual({
    id: { S: 'a' },
    email: { S: 'secret' },
    total: { N: '7' },
  });
  expect(sent[0]?.[0]?.dynamodb?.OldImage?.email).toEqual({ S: 'secret' });
  await expect(
    invoke({
      kind: 'written',
      eventName: 'INSERT',
      format: 'plain',
      newImage: `{"id":"a","email":"${MASKED}"}`,
    }),
  ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('a hidden value at email') });
});

test('a new record looks as if it came from the stream, and its sequence number is its own', async () => {
  const { invoke, sent } = rerunning();
  const image = '{"id":{"S":"n"},"tags":{"SS":["a"]}}';
  await invoke({ kind: 'written', eventName: 'INSERT', format: 'dynamodb', newImage: image });
  await invoke({ kind: 'written', of: 3, eventName: 'REMOVE', format: 'dynamodb', oldImage: image });
  await settled();
  const [[first], [second]] = sent as [[DynamoDBRecord], [DynamoDBRecord]];
  expect(first).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    eventSourceARN: STREAM,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { id: { S: 'n' } },
      NewImage: JSON.parse(image),
      SequenceNumber: '400000000000000000001',
      SizeBytes: 3 + 8,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
  expect(second).toMatchObject({
    eventName: 'REMOVE',
    dynamodb: { OldImage: JSON.parse(image), SequenceNumber: '400000000000000000002' },
  });
  expect(second.dynamodb).not.toHaveProperty('NewImage');
});

test.each([
  ['KEYS_ONLY', []],
  ['NEW_IMAGE', ['NewImage']],
  ['OLD_IMAGE', ['OldImage']],
  ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
] as const)('a record of a stream with %s has no other image', async (viewType, images) => {
  const other = testStream<{ id: string }>({ keys: ['id'], viewType });
  const { invoke, sent } = rerunning({ read: [other.modify({ id: 'a' }, { id: 'a' })] });
  const image = '{"id":"a"}';
  await invoke({ kind: 'edited', of: 1, format: 'plain', oldImage: image, newImage: image });
  await settled();
  expect(Object.keys(sent[0]?.[0]?.dynamodb ?? {}).filter((name) => name.endsWith('Image'))).toEqual(images);
  expect(sent[0]?.[0]?.dynamodb?.Keys).toEqual({ id: { S: 'a' } });
});

test('a record of a server that leaves out fields can be edited', async () => {
  const bare = { eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } } as const;
  const { invoke, sent } = rerunning({ read: [bare], streamArn: 'x' });
  await invoke({ kind: 'edited', of: 1, format: 'plain', newImage: '{"id":"a"}' });
  await settled();
  expect(sent[0]?.[0]).toMatchObject({
    eventSourceARN: 'x',
    awsRegion: '',
    dynamodb: { SequenceNumber: '1' },
  });
});

const image = '{"id":"a"}';

test.each([
  ['no numbers', 'rerun', {}, 400, /numbers of the records are missing/],
  ['numbers that are none', 'rerun', { numbers: ['1'] }, 400, /are missing/],
  ['an empty list', 'rerun', { numbers: [] }, 400, /are missing/],
  [
    'too many',
    'rerun',
    { numbers: Array.from({ length: 10_001 }, () => 1) },
    400,
    /10,001 records are selected/,
  ],
  ['one twice', 'rerun', { numbers: [1, 1] }, 400, /same sequence number/],
  ['one that is not kept', 'rerun', { numbers: [99] }, 409, /not kept any more/],
  ['no record to edit', 'invoke', { kind: 'edited', newImage: image }, 400, /are missing/],
  ['no event', 'invoke', { kind: 'written', newImage: image }, 400, /INSERT, MODIFY or REMOVE/],
  ['a wrong event', 'invoke', { eventName: 'x', newImage: image }, 400, /INSERT, MODIFY or REMOVE/],
  ['no image', 'invoke', { eventName: 'INSERT' }, 400, /INSERT needs an image/],
  ['the wrong image', 'invoke', { eventName: 'REMOVE', newImage: image }, 400, /REMOVE needs an image/],
  ['an image that is not a text', 'invoke', { eventName: 'INSERT', newImage: {} }, 400, /needs an image/],
  [
    'a wrong item',
    'invoke',
    { eventName: 'INSERT', newImage: '{}' },
    400,
    /The new image has nothing as the key/,
  ],
  [
    'a changed key',
    'invoke',
    { kind: 'edited', of: 2, newImage: image, oldImage: '{"id":"b"}' },
    400,
    /both images have to have the same key \(id\)/,
  ],
] as const)('%s: it is refused', async (_name, action, input, status, message) => {
  const { [action]: act, sent } = rerunning();
  await expect(act(input)).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  expect(sent).toEqual([]);
});

test('an event that Lambda refuses is not sent', async () => {
  const large = Array.from({ length: 20 }, (_, index) =>
    stream.insert({ id: `${index}`, text: 'x'.repeat(390_000) }),
  );
  const { rerun } = rerunning({ read: large });
  await expect(rerun({ numbers: large.map((_, index) => index + 1) })).rejects.toThrow(/over 6 MB/);
});

test('a mapping with windows has no reruns', async () => {
  const { rerun } = rerunning({ hasWindows: true });
  await expect(rerun({ numbers: [1] })).rejects.toMatchObject({ status: 409, message: /tumbling windows/ });
});

test('an error that is not about the input is not shown', async () => {
  const broken = { record: () => null, rerun: () => {} };
  const { rerun } = rerunning({ recorder: broken as never });
  await expect(rerun({ numbers: [1] })).rejects.toThrow(TypeError);
});

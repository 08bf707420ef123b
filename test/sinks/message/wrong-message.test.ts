// docs/sink-errors.md, "Refused before anything is sent", row by row.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { streamRouter } from '../../../src/index.ts';
import { deadLetter } from '../../../src/middleware/dead-letter.ts';
import { retry } from '../../../src/middleware/retry.ts';
import { publishTo } from '../../../src/sinks/index.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { tableUnder } from '../../docs/markdown.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../../fixtures/events.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { FAKE_HARNESSES } from '../fake-harnesses.ts';
import { upTo } from '../sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const PAGE = 'docs/sink-errors.md';
const ROWS = tableUnder(PAGE, 'Refused before anything is sent').map(
  ([sent = '', error = '', here = '']) => ({
    sent,
    error: error.replaceAll('`', ''),
    here,
  }),
);

const TOPIC = 'snsTopic, standard';
const QUEUE = 'sqsQueue, standard';
const BUS = 'eventBus';
const TABLE = 'tableWriter';
const BUCKET = 'bucketWriter, objects';
const LINES = 'bucketWriter, lines';
const OWN = 'createSink, with an HTTP endpoint';
const FIFO = ['snsTopic, FIFO', 'sqsQueue, FIFO'];

type Sent = readonly [sinks: string | readonly string[], message: unknown, options?: object];

const circle: { pk: string; self?: unknown } = { pk: 'a' };
circle.self = circle;
const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) });
const attributed = (value: unknown): object => ({ attributes: { a: value } });

/** The messages of each row. Every one of them fails. */
const CASES: Readonly<Record<string, readonly Sent[]>> = {
  'more bytes than the target takes': [
    [[TOPIC, QUEUE, OWN], 'x'.repeat(1_048_577)],
    [BUS, { x: 'x'.repeat(1_048_577) }],
    [TABLE, { pk: 'a', x: 'x'.repeat(409_600) }],
  ],
  'an empty text to a topic, a queue or a bucket': [[[TOPIC, QUEUE, BUCKET, ...FIFO], '']],
  'a message attribute that is an empty text, or has no bytes': [
    [[TOPIC, QUEUE], 'a', attributed('')],
    [[TOPIC, QUEUE], 'a', attributed(new Uint8Array())],
  ],
  'to a bus, text that begins with `{` and is not JSON': [
    [BUS, '{'],
    [BUS, '\n{"a":}'],
  ],
  'an item whose key is empty, or has more than 2,048 or 1,024 bytes': [
    [TABLE, { pk: '' }],
    [TABLE, { pk: 'x'.repeat(2049) }],
  ],
  'an item with more than 32 levels': [[TABLE, { pk: 'a', deep: nested(34) }]],
  'an item with a whole number beyond 2^53 - 1, which may be rounded': [[TABLE, { pk: 'a', n: 2 ** 53 }]],
  "an object's `key` that is empty, or has more than 1,024 bytes": [
    [BUCKET, {}, { key: '' }],
    [BUCKET, {}, { key: 'x'.repeat(1025) }],
  ],
  'undefined, or a function': [
    [[TOPIC, QUEUE, BUS, BUCKET, LINES, OWN, TABLE, ...FIFO], undefined],
    [[TOPIC, QUEUE, BUS, BUCKET, LINES, OWN, TABLE, ...FIFO], () => ({ pk: 'a' })],
  ],
  'something that cannot be written as JSON, such as an object that holds itself': [
    [[TOPIC, QUEUE, BUS, BUCKET, LINES, OWN, TABLE], circle],
  ],
  'to a bus, a number, a list, or text of anything but an object': [
    [BUS, 5],
    [BUS, [{}]],
    [BUS, null],
    [BUS, ''],
    [BUS, 'paid'],
    [BUS, '[{}]'],
  ],
  'to a table, something other than an object of attributes': [
    [TABLE, 'a'],
    [TABLE, null],
    [TABLE, [{ pk: 'a' }]],
    [TABLE, 7],
  ],
  'an item with NaN, a Date, an empty set or a set of several types': [
    [TABLE, { pk: 'a', n: Number.NaN }],
    [TABLE, { pk: 'a', n: new Date(0) }],
    [TABLE, { pk: 'a', n: new Set() }],
    [TABLE, { pk: 'a', n: [new Set(['a', 1])] }],
  ],
  'a promise or an iterator, or an object that holds one': [
    [[TOPIC, QUEUE, BUS, BUCKET, LINES, OWN, TABLE, ...FIFO], { pk: 'a', n: Promise.resolve() }],
    [[TOPIC, QUEUE, BUS, BUCKET, LINES, OWN, TABLE], { pk: 'a', n: [].values() }],
  ],
  'an item without an attribute that `keys` names': [
    [TABLE, {}],
    [TABLE, { PK: 'a' }],
    [TABLE, { pk: undefined }],
  ],
  'more than 10 message attributes': [
    [[TOPIC, QUEUE], 'a', { attributes: Object.fromEntries(upTo(11).map((n) => [`a${n}`, n])) }],
  ],
  'a message attribute that is not text, a finite number or bytes': [
    [[TOPIC, QUEUE], 'a', attributed(undefined)],
    [[TOPIC, QUEUE], 'a', attributed(Number.NaN)],
    [[TOPIC, QUEUE], 'a', attributed({})],
  ],
  '`delaySeconds` outside of 0 to 900, or for a FIFO queue': [
    [QUEUE, 'a', { delaySeconds: 901 }],
    [QUEUE, 'a', { delaySeconds: '5' }],
    ['sqsQueue, FIFO', 'a', { delaySeconds: 5 }],
  ],
  'a `groupId`, `deduplicationId`, `subject`, `detailType`, `key` or `contentType` that is not text': [
    [[TOPIC, QUEUE, ...FIFO], 'a', { groupId: 7 }],
    [FIFO, 'a', { groupId: {} }],
    [FIFO, 'a', { deduplicationId: 7n }],
    [TOPIC, 'a', { subject: ['Paid'] }],
    [BUS, {}, { detailType: 5 }],
    [BUCKET, {}, { key: 5 }],
    [BUCKET, {}, { contentType: {} }],
  ],
  '`resources` that are not a list of texts, or a `time` that is not a valid Date': [
    [BUS, {}, { resources: 'arn:aws:s3:::bucket' }],
    [BUS, {}, { resources: [5] }],
    [BUS, {}, { time: '2026-01-01' }],
    [BUS, {}, { time: new Date(Number.NaN) }],
  ],
  '`key` or `contentType` for a line of ndjson': [
    [LINES, {}, { key: 'a' }],
    [LINES, {}, { contentType: 'text/plain' }],
  ],
};

const sinkOf = (name: string): Sink => {
  const [, , make] = FAKE_HARNESSES.find(([harness]) => harness === name) ?? [];
  if (make === undefined) throw new Error(`There is no harness of ${name}.`);
  return make(fake).sink();
};

/** A message for every record, behind a policy that puts aside all that it may. */
async function play(sink: Sink, message: unknown, options: object) {
  const letters: unknown[] = [];
  const logger = memoryLogger();
  const letterSink = { target: 'letters', send: async (letter: unknown) => void letters.push(letter) };
  const router = streamRouter<{ id: string }>({ logger })
    .use(deadLetter(letterSink, { when: 'exhausted' }))
    .use(retry({ attempts: 2, backoff: { minMs: 0, maxMs: 0 } }))
    .onInsert(async (record) => {
      await sink.send(message, { record, ...options });
    });
  const response = await router(eventOf({ id: 'a' }, { id: 'b' }), contextOf(60_000));
  const [failure] = logger.entries.filter(({ fields }) => fields.error !== undefined);
  return { letters, response, error: failure?.fields.error };
}

test('the page has a row for each case, and the other way round', () => {
  expect(ROWS.map(({ sent }) => sent)).toEqual(Object.keys(CASES));
});

const SENT = ROWS.flatMap((row) =>
  (CASES[row.sent] ?? []).flatMap(([sinks, message, options = {}], index) =>
    [sinks].flat().map((name) => ({ ...row, name, message, options, index })),
  ),
);

test.each(SENT)(
  '$name, $sent ($index): every record is about the $here',
  async ({ name, error: code, here, message, options }) => {
    const { letters, response, error } = await play(sinkOf(name), message, options);
    expect(error).toMatchObject({ code, name: here === 'message' ? 'SinkError' : 'ConfigurationError' });
    expect(letters).toHaveLength(here === 'message' ? 2 : 0);
    expect(response).toEqual({
      batchItemFailures: here === 'message' ? [] : [{ itemIdentifier: sequenceNumberAt(0) }],
    });
    expect(fake.requests).toEqual([]);
  },
);

test('publishTo with a factory that returns nothing puts nothing aside, and says what to do', async () => {
  const letters: unknown[] = [];
  const logger = memoryLogger();
  const router = streamRouter<{ id: string }>({ logger })
    .use(deadLetter({ target: 'letters', send: async (letter) => void letters.push(letter) }))
    .onInsert(publishTo(sinkOf(TOPIC), () => undefined));
  expect(await router(eventOf({ id: 'a' }), contextOf())).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
  });
  expect(letters).toEqual([]);
  const [failure] = logger.entries.filter(({ message }) => message === 'Record failed');
  expect(String(failure?.fields.error)).toBe(
    'ConfigurationError: snsTopic: a message to arn:aws:sns:eu-central-1:123456789012:payments has to be text or JSON, ' +
      'got undefined. To send nothing for some records, use a condition.',
  );
});

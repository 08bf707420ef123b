import {
  DescribeStreamCommand,
  type GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import { onFailureDocument, withPayload } from '../../src/delivery/on-failure-document.ts';
import { streamRouter } from '../../src/index.ts';
import { parseDocuments, replay } from '../../src/replay/index.ts';
import { contextOf, recordOf, STREAM_ARN } from '../fixtures/events.ts';
import { type Json, mutate, mutation } from '../fixtures/mutations.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

const MESSAGES = 5_000;
const MAX_IN_A_RUN = 5;

const SHARD = 'shardId-1';
const CLEAN = [0, 10, 20].map((index) => recordOf({ id: `clean-${index}` }, index));
const NAMES = CLEAN.map(({ eventID }) => eventID);
const OTHERS = [5, 6, 15].map((index) => recordOf({ id: index === 6 ? 'b' : 'a' }, index));

const letterOf = (record: (typeof OTHERS)[number]) => createDeadLetter(record, new Error('no'), contextOf());
const document = onFailureDocument({
  streamArn: STREAM_ARN,
  shardId: SHARD,
  records: OTHERS.slice(0, 2),
  requestId: 'request-1',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
  condition: 'RetryAttemptsExhausted',
  approximateInvokeCount: 3,
  threw: true,
  discardedAt: 0,
});
const rangeOf = (changed: object) => ({
  ...document,
  DDBStreamBatchInfo: { ...document.DDBStreamBatchInfo, ...changed },
});
const snsOf = (message: object) => ({
  Type: 'Notification',
  MessageId: '1',
  Message: JSON.stringify(message),
});

/** One of each kind, in each envelope. */
const originals = [
  ...OTHERS.map(letterOf),
  document,
  rangeOf({ shardId: 'shardId-0' }),
  rangeOf({ batchSize: 1 }),
  withPayload(document, OTHERS),
  { ...document, payload: { Records: OTHERS } },
  { 'detail-type': 'x', detail: letterOf(OTHERS[0] as (typeof OTHERS)[number]) },
  snsOf(document),
  snsOf(letterOf(OTHERS[1] as (typeof OTHERS)[number])),
  { 'detail-type': 'x', detail: snsOf(withPayload(document, OTHERS)) },
].map((message) => JSON.parse(JSON.stringify(message)) as Json);

/** A hostile message: as an object, as JSON, as JSON that is damaged, or nested without end. */
const hostile: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom(...originals),
    fc.array(mutation, { maxLength: 4 }),
    fc.constantFrom('object', 'json', 'json', 'cut', 'spliced', 'nested'),
    fc.nat(),
    fc.constantFrom('', '"', '}', ']', '{', '\\', '\0', '\ufeff', ',null', ':{"toString":1}', '\ud800'),
  )
  .map(([original, mutations, how, at, splice]) => {
    const message = mutate(original, mutations);
    if (how === 'object') return message;
    const text = JSON.stringify(message);
    const place = at % (text.length + 1);
    if (how === 'cut') return text.slice(0, place);
    if (how === 'spliced') return text.slice(0, place) + splice + text.slice(place);
    if (how !== 'nested') return text;
    // Into the place of the first number, text or name.
    const deep = '{"detail-type":"x","detail":'.repeat(3000) + text + '}'.repeat(3000);
    return at % 2 === 0
      ? deep
      : text.replace(/"S":"[^"]*"/, () => `"M":${'{"M":'.repeat(3000)}{}${'}'.repeat(3000)}`);
  });

const notFound = () => Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });

/** The stream that the records are in. */
const client = {
  send: async (command: object) => {
    if (command instanceof ListStreamsCommand) return { Streams: [] };
    if (command instanceof DescribeStreamCommand) {
      if (command.input.StreamArn !== STREAM_ARN) throw notFound();
      return { StreamDescription: { StreamStatus: 'ENABLED', Shards: [{ ShardId: SHARD }] } };
    }
    if (command instanceof GetShardIteratorCommand) {
      if (command.input.ShardId !== SHARD) throw notFound();
      return { ShardIterator: command.input.SequenceNumber };
    }
    const from = BigInt((command as GetRecordsCommand).input.ShardIterator ?? 0);
    const Records = [...CLEAN, ...OTHERS]
      .filter(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0) >= from)
      .sort((a, b) =>
        BigInt(a.dynamodb?.SequenceNumber ?? 0) < BigInt(b.dynamodb?.SequenceNumber ?? 0) ? -1 : 1,
      )
      .map(({ eventID, eventName, dynamodb }) => {
        const { ApproximateCreationDateTime: _, ...change } = dynamodb ?? {};
        return { eventID, eventName, dynamodb: change };
      });
    return { Records };
  },
} as never;

const clean = CLEAN.map((record) => letterOf(record));

/** Hands everything to a router, and checks what has to hold whatever the messages are. */
async function replayed(documents: readonly unknown[]) {
  const handled = new Set<string>();
  const note = ({ eventID }: { readonly eventID: string }): void => void handled.add(eventID);
  const router = streamRouter({ logger: quietLogger() }).onInsert(note).onModify(note).onRemove(note);
  const handler = (event: DynamoDBStreamEvent) => router(event, contextOf());
  const summary = await replay({ documents, client, handler });
  expect(summary.messages).toHaveLength(documents.length);
  expect(summary.messages.filter(({ status }) => status === 'remaining')).toHaveLength(summary.remaining);
  // Every report can be printed.
  for (const message of summary.messages) {
    const { failures = [], planned = [], ...others } = message;
    const named = [...failures, ...planned].map(({ keys: _, ...texts }) => texts);
    for (const value of [others, ...named].flatMap((part) => Object.values(part)))
      expect(['string', 'number', 'undefined']).toContain(typeof value);
    expect(() => JSON.stringify(message)).not.toThrow();
  }
  expect([...handled]).toEqual(expect.arrayContaining(NAMES));
  return summary;
}

const outcomes = new Map<string, number>();

test('whatever else comes in, replay ends, reports each message, and handles the sound ones', async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostile, { minLength: MAX_IN_A_RUN, maxLength: MAX_IN_A_RUN }),
      async (others) => {
        messages += others.length;
        const [first, second, third] = clean;
        const [a, b, ...more] = others;
        const summary = await replayed([a, first, b, second, ...more, third]);
        for (const index of [1, 3, summary.messages.length - 1]) {
          expect(summary.messages[index]).toMatchObject({ status: 'replayed', detail: '' });
        }
        for (const { kind, status, reason } of summary.messages) {
          const outcome = `${kind} ${reason ?? status}`;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      },
    ),
    { numRuns: MESSAGES / MAX_IN_A_RUN },
  );
  expect(messages).toBeGreaterThanOrEqual(MESSAGES);
}, 120_000);

test('and it met all kinds of messages', () => {
  const met = [
    'unknown unrecognized',
    'range replayed',
    'range trimmed',
    'range mismatch',
    'payload replayed',
    'deadLetter replayed',
    'deadLetter failed',
    'payload failed',
  ];
  for (const outcome of met) expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
});

test('in a file, a broken line is one document, and the lines around it are read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: MAX_IN_A_RUN }), async (others) => {
      const lines = others.map((other) => (typeof other === 'string' ? other : JSON.stringify(other)));
      const [first, second, third] = clean.map((letter) => JSON.stringify(letter));
      const documents = parseDocuments([first, ...lines, second, ...lines, third].join('\n'));
      expect(documents).toEqual(expect.arrayContaining(JSON.parse(JSON.stringify(clean))));
      await replayed(documents);
    }),
    { numRuns: 500 },
  );
}, 120_000);

import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { jsonTextOf } from '../../src/item/json-text.ts';
import { marshallMap } from '../../src/item/marshall-map.ts';
import { deadLetter, parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { replay } from '../../src/replay/index.ts';
import { itemKeyOf } from '../../src/sinks/message/item-identity.ts';
import { messageText } from '../../src/sinks/message/message-text.ts';
import type { Sink, SinkRecord } from '../../src/sinks/sink.ts';
import { contextOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const deep = (levels: number, inner = '{"S":"x"}') =>
  JSON.parse(`${'{"L":['.repeat(levels)}${inner}${']}'.repeat(levels)}`);

/** A sink that writes a message as a queue does, and as a table does. */
function textSink(): Sink & { readonly letters: string[]; readonly keys: string[] } {
  const letters: string[] = [];
  const keys: string[] = [];
  return {
    target: 'text',
    letters,
    keys,
    async send(message, options) {
      letters.push(messageText('text', message));
      marshallMap(message as object);
      keys.push(itemKeyOf(options?.record as SinkRecord));
    },
  };
}

test.each([14, 200, 10_000, 50_000])(
  'a record whose image nests %i levels deep becomes a letter whose record is text',
  async (levels) => {
    const sink = textSink();
    const handled: string[] = [];
    const router = streamRouter({ logger: memoryLogger() })
      .use(deadLetter(sink))
      .onInsert(({ newImage, sequenceNumber }) => {
        if (newImage.deep !== undefined) throw Object.assign(new Error('refused'), { retryable: false });
        handled.push(sequenceNumber);
      });
    const records = [recordOf({ id: 'a' }, 0), recordOf({ id: 'b' }, 1), recordOf({ id: 'c' }, 2)];
    Object.assign((records[1] as DynamoDBRecord).dynamodb?.NewImage as object, { deep: deep(levels) });
    expect(await router({ Records: records }, contextOf())).toEqual({ batchItemFailures: [] });
    expect(handled.sort()).toEqual([0, 2].map(sequenceNumberAt));
    expect(sink.letters).toHaveLength(1);

    const letter = JSON.parse(sink.letters[0] as string);
    expect(letter.error.name).toBe(levels > 100 ? 'UnmarshallError' : 'Error');
    const record = JSON.parse(letter.record);
    expect(record.dynamodb.SequenceNumber).toBe(sequenceNumberAt(1));
    expect(jsonTextOf(record)).toBe(letter.record);
    // What nests deeper than DynamoDB allows is kept in the letter, and not handed to a handler again.
    if (levels > 30) return expect(() => parseDeadLetter(letter)).toThrow(/deeper than DynamoDB allows/);

    expect(parseDeadLetter(sink.letters[0]).record).toEqual(records[1]);
    const seen: unknown[] = [];
    const documents = [letter, parseDeadLetter(sink.letters[0])];
    const summary = await replay({ documents, handler: ({ Records }) => void seen.push(...Records) });
    expect(seen).toEqual([records[1]]);
    expect(summary.messages.map(({ status }) => status)).toEqual(['replayed', 'replayed']);
  },
);

test('a record whose Keys nest too deep fails alone, and becomes a letter', async () => {
  const sink = textSink();
  const handled: string[] = [];
  const router = streamRouter({ logger: memoryLogger() })
    .use(deadLetter(sink))
    .onInsert(({ keys }) => void handled.push(keys.id));
  const records = [recordOf({ id: 'a' }, 0), recordOf({ id: 'b' }, 1), recordOf({ id: 'c' }, 2)];
  Object.assign((records[1] as DynamoDBRecord).dynamodb as object, { Keys: { id: deep(20_000) } });
  expect(await router({ Records: records }, contextOf())).toEqual({ batchItemFailures: [] });
  expect(handled.sort()).toEqual(['a', 'c']);
  expect(sink.letters).toHaveLength(1);
  expect(sink.keys).toHaveLength(1);
});

test('a record that nests as deep as a table takes stays an object in its letter', async () => {
  const sink = textSink();
  const router = streamRouter({ logger: memoryLogger() })
    .use(deadLetter(sink))
    .onInsert(() => Promise.reject(Object.assign(new Error('refused'), { retryable: false })));
  await router({ Records: [recordOf({ id: 'a', newImage: { a: deep(10) } })] }, contextOf());
  expect(typeof JSON.parse(sink.letters[0] as string).record).toBe('object');
});

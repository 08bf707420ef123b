import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLetterAbout } from '../../src/dead-letter/dead-letter.ts';
import { streamRouter } from '../../src/index.ts';
import { type DeadLetter, type ReplayOptions, replayDeadLetters } from '../../src/middleware/dead-letter.ts';
import { memoryLogger, type RecordSketch, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const letterAt = (index: number, sketch: RecordSketch = {}): DeadLetter =>
  deadLetterAbout(recordOf(sketch, index), new Error('then'), undefined);
const numberOf = ({ record }: DeadLetter) => record.dynamodb?.SequenceNumber;
const answer = (...numbers: unknown[]): DynamoDBBatchResponse => ({
  batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier: itemIdentifier as string })),
});

/** A handler that keeps the sequence numbers of each event, and answers what it is told to. */
function recording(respond: (numbers: readonly string[]) => unknown) {
  const events: string[][] = [];
  const handler = async ({ Records }: DynamoDBStreamEvent): Promise<unknown> => {
    const numbers = Records.map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
    events.push(numbers);
    return respond(numbers);
  };
  return { events, handler };
}

describe('replayDeadLetters', () => {
  test('hands letters over in the order of their sequence numbers, however they come', async () => {
    const { events, handler } = recording(() => answer());
    const letters = ['100', '9', '0000011', '10'].map((sequenceNumber) => letterAt(1, { sequenceNumber }));
    const { succeeded, stayed } = await replayDeadLetters(letters, handler);
    expect(events).toEqual([['9', '10', '0000011', '100']]);
    expect(succeeded.map(numberOf)).toEqual(['9', '10', '0000011', '100']);
    expect(stayed).toEqual([]);
  });

  test('sends the letters of each stream in events of their own', async () => {
    const { events, handler } = recording(() => answer());
    const other = letterAt(1);
    const elsewhere = { ...other, record: { ...other.record, eventSourceARN: 'arn:elsewhere' } };
    const { eventSourceARN, ...unsourced } = letterAt(3).record;
    await replayDeadLetters([letterAt(1), elsewhere, { ...other, record: unsourced }, letterAt(2)], handler);
    expect(events).toEqual([
      [sequenceNumberAt(1), sequenceNumberAt(2)],
      [sequenceNumberAt(1)],
      [sequenceNumberAt(3)],
    ]);
  });

  test('gives back the letters with what they carry, such as a receipt handle', async () => {
    const { handler } = recording(([first]) => answer(...(first === sequenceNumberAt(2) ? [first] : [])));
    const letters = [1, 2].map((index) => ({ ...letterAt(index), receiptHandle: `handle-${index}` }));
    const replay = await replayDeadLetters(letters, handler, { batchSize: 1 });
    expect(replay.succeeded.map(({ receiptHandle }) => receiptHandle)).toEqual(['handle-1']);
    expect(replay.stayed).toEqual([{ letter: letters[1], reason: 'failed' }]);
  });

  test('takes letters about one record for one record', async () => {
    const { events, handler } = recording(() => answer());
    const { succeeded } = await replayDeadLetters([letterAt(1), letterAt(2), letterAt(1)], handler);
    expect(events).toEqual([[sequenceNumberAt(1), sequenceNumberAt(2)]]);
    expect(succeeded).toHaveLength(3);
  });

  test('lets what fails stay, with the later letters of its item, and goes on with the others', async () => {
    const poison = sequenceNumberAt(2);
    const { events, handler } = recording((numbers) =>
      answer(...numbers.filter((number) => number === poison)),
    );
    const ids = ['a', 'b', 'b', 'c', 'b'];
    const letters = ids.map((id, index) => letterAt(index + 1, { id }));
    const { succeeded, stayed } = await replayDeadLetters(letters, handler);
    expect(events).toEqual([[1, 2, 3, 4, 5].map(sequenceNumberAt), [sequenceNumberAt(4)]]);
    expect(succeeded.map(numberOf)).toEqual([1, 4].map(sequenceNumberAt));
    expect(stayed.map(({ letter, reason }) => [numberOf(letter), reason])).toEqual([
      [poison, 'failed'],
      [sequenceNumberAt(3), 'behind'],
      [sequenceNumberAt(5), 'behind'],
    ]);
  });

  test('holds back later letters of an item across events, and knows items by their keys in any order', async () => {
    const keyed = (index: number, Keys: object) => {
      const letter = letterAt(index);
      return { ...letter, record: { ...letter.record, dynamodb: { ...letter.record.dynamodb, Keys } } };
    };
    const letters = [keyed(1, { a: { S: '1' }, b: { S: '2' } }), keyed(2, { b: { S: '2' }, a: { S: '1' } })];
    const { events, handler } = recording((numbers) => answer(numbers[0]));
    const { stayed } = await replayDeadLetters(letters as DeadLetter[], handler, { batchSize: 1 });
    expect(events).toEqual([[sequenceNumberAt(1)]]);
    expect(stayed.map(({ reason }) => reason)).toEqual(['failed', 'behind']);
  });

  test('halves an event that throws until the record that makes it throw is alone, with its error', async () => {
    const poison = sequenceNumberAt(3);
    const { events, handler } = recording((numbers) => {
      if (numbers.includes(poison)) throw undefined;
    });
    const letters = [1, 2, 3, 4].map((index) => letterAt(index));
    const { succeeded, stayed } = await replayDeadLetters(letters, handler);
    expect(events.map((numbers) => numbers.length)).toEqual([4, 2, 2, 1, 1]);
    expect(succeeded).toHaveLength(3);
    expect(stayed).toEqual([{ letter: letters[2], reason: 'failed', error: undefined }]);
    expect(stayed[0]).toHaveProperty('error');
  });

  test.each<[string, unknown]>([
    ['an identifier that is not in the event', answer('5')],
    ['no identifier', answer(undefined)],
    ['text', 'done'],
  ])('takes %s for a failure, as Lambda does', async (_, response) => {
    const { handler } = recording(() => response);
    const { succeeded, stayed } = await replayDeadLetters([letterAt(1)], handler);
    expect(succeeded).toEqual([]);
    expect(stayed).toMatchObject([{ reason: 'failed' }]);
  });

  test('does not look at the response with partialResponses: false', async () => {
    const { handler } = recording(() => 'done');
    const { succeeded } = await replayDeadLetters([letterAt(1)], handler, { partialResponses: false });
    expect(succeeded).toHaveLength(1);
  });

  test('ends between two events when its signal says so', async () => {
    const controller = new AbortController();
    const { handler } = recording(() => controller.abort());
    const letters = [1, 2, 3].map((index) => letterAt(index));
    const replay = await replayDeadLetters(letters, handler, { batchSize: 1, signal: controller.signal });
    expect(replay.succeeded).toEqual([letters[0]]);
    expect(replay.stayed).toEqual([
      { letter: letters[1], reason: 'not-started' },
      { letter: letters[2], reason: 'not-started' },
    ]);
  });

  test('says of what is left whether its turn would have come', async () => {
    const controller = new AbortController();
    const { handler } = recording(([number]) => {
      controller.abort();
      return answer(number);
    });
    const letters = ['a', 'a', 'b'].map((id, index) => letterAt(index, { id }));
    const { stayed } = await replayDeadLetters(letters, handler, { signal: controller.signal });
    expect(stayed.map(({ reason }) => reason)).toEqual(['failed', 'behind', 'not-started']);
  });

  test('takes an event that has no time left for a failure', async () => {
    const never = () => new Promise(() => {});
    const { stayed } = await replayDeadLetters([letterAt(1)], never, { timeoutMs: 20 });
    expect(stayed).toMatchObject([
      { reason: 'failed', error: { message: expect.stringContaining('timed out') } },
    ]);
  });

  test('gives each event a context with a running countdown', async () => {
    const letter = { ...letterAt(1), function: { name: 'invoices', version: '3', requestId: 'r' } };
    let seen: unknown[] = [];
    await replayDeadLetters(
      [letter],
      (_event, context) => {
        seen = [context.functionName, context.awsRequestId, context.getRemainingTimeInMillis()];
      },
      { timeoutMs: 5000 },
    );
    expect(seen).toEqual(['invoices', expect.stringMatching(/^[\da-f-]{36}$/), expect.any(Number)]);
    expect(seen[2]).toBeGreaterThan(0);
    expect(seen[2]).toBeLessThanOrEqual(5000);
  });

  test('never lets a handler change a letter', async () => {
    const letter = letterAt(1);
    const before = structuredClone(letter);
    await replayDeadLetters([letter], ({ Records }: DynamoDBStreamEvent) => {
      (Records[0] as { dynamodb?: unknown }).dynamodb = undefined;
      throw new Error('again');
    });
    expect(letter).toEqual(before);
  });

  test('works with a router, whose log has the error', async () => {
    const logger = memoryLogger();
    const router = streamRouter<{ id: string }>({ logger }).onInsert(async ({ keys }) => {
      if (keys.id === 'b') throw new Error('still broken');
    });
    const letters = ['a', 'b', 'c'].map((id, index) => letterAt(index, { id }));
    const { succeeded, stayed } = await replayDeadLetters(letters, router);
    expect(succeeded).toEqual([letters[0], letters[2]]);
    expect(stayed).toEqual([{ letter: letters[1], reason: 'failed' }]);
    expect(logger.entries).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Record failed' }),
    );
  });

  test('no letters, no event', async () => {
    const { events, handler } = recording(() => answer());
    expect(await replayDeadLetters([], handler)).toEqual({ succeeded: [], stayed: [] });
    expect(events).toEqual([]);
  });

  test('refuses what is no letter before anything is handed over', async () => {
    const { events, handler } = recording(() => answer());
    await expect(replayDeadLetters([letterAt(1), {} as DeadLetter], handler)).rejects.toMatchObject({
      code: 'NOT_A_DEAD_LETTER',
    });
    expect(events).toEqual([]);
  });

  test.each<[ReplayOptions, string, string]>([
    [{ batchSize: 0 }, 'INVALID_OPTION', 'batchSize'],
    [{ batchSize: 1.5 }, 'INVALID_OPTION', 'batchSize'],
    [{ timeoutMs: 0 }, 'INVALID_OPTION', 'timeoutMs'],
    [{ partialResponses: 1 } as never, 'INVALID_OPTION', 'partialResponses'],
    [{ signal: {} } as never, 'INVALID_OPTION', 'signal'],
    [{ batch: 5 } as never, 'UNKNOWN_OPTION', 'batch'],
  ])('refuses %j', async (options, code, name) => {
    const replay = replayDeadLetters([], () => undefined, options);
    await expect(replay).rejects.toMatchObject({ code, message: expect.stringContaining(name) });
  });

  test('refuses what is no handler', async () => {
    await expect(replayDeadLetters([], 'handler' as never)).rejects.toMatchObject({
      code: 'INVALID_HANDLER',
    });
  });
});

test('in order per item, and nothing is called succeeded that was not, whatever fails', async () => {
  const sketches = fc.array(fc.record({ item: fc.nat(4), fails: fc.boolean(), throws: fc.boolean() }), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(
      sketches,
      fc.integer({ min: 1, max: 8 }),
      fc.infiniteStream(fc.nat()),
      async (plan, batchSize, random) => {
        const letters = plan.map(({ item }, index) => letterAt(index, { id: `${item}` }));
        const planOf = new Map(plan.map((sketch, index) => [sequenceNumberAt(index), sketch]));
        const shuffled = letters
          .map((letter) => ({ letter, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ letter }) => letter);
        const done: string[] = [];
        const { handler } = recording((numbers) => {
          for (const number of numbers) {
            const sketch = planOf.get(number);
            if (sketch?.fails && sketch.throws) throw new Error('whole');
            if (sketch?.fails) return answer(number);
            done.push(number);
          }
          return answer();
        });
        const { succeeded, stayed } = await replayDeadLetters(shuffled, handler, { batchSize });

        expect(succeeded.length + stayed.length).toBe(letters.length);
        for (const letter of succeeded) expect(done).toContain(numberOf(letter));
        const firstFailure = new Map<number, number>();
        plan.forEach(({ item, fails }, index) => {
          if (fails && !firstFailure.has(item)) firstFailure.set(item, index);
        });
        const expected = letters.filter((_, index) => {
          const failedAt = firstFailure.get(plan[index]?.item ?? -1);
          return failedAt === undefined || index < failedAt;
        });
        expect(new Set(succeeded)).toEqual(new Set(expected));
        // The last time that each record of an item was handled, they came in order.
        const last = new Map(done.map((number, at) => [number, at]));
        for (const item of [0, 1, 2, 3, 4]) {
          const order = plan.flatMap((sketch, index) =>
            sketch.item === item ? [last.get(sequenceNumberAt(index))] : [],
          );
          const seen = order.filter((at) => at !== undefined);
          expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        }
      },
    ),
  );
});

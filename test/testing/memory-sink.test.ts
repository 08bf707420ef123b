import '../../src/testing/vitest.ts';
import { describe, expect, test, vi } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { publishTo, type Sink, type SinkRecord } from '../../src/sinks/index.ts';
import {
  type DeliverOptions,
  deliver,
  lambdaContext,
  type MemorySink,
  type MemorySinkFailure,
  memorySink,
  testStream,
} from '../../src/testing/index.ts';

interface Item {
  id: string;
  total: number;
}

const record: SinkRecord = {
  eventName: 'INSERT',
  eventID: 'e',
  sequenceNumber: '1',
  tableName: 'Items',
  keys: { id: 'a' },
};

const stream = testStream<Item>({ keys: ['id'] });
const a = stream.insert({ id: 'a', total: 1 });
const b = stream.insert({ id: 'b', total: 2 });
const REPORT: DeliverOptions = {
  functionResponseTypes: ['ReportBatchItemFailures'],
  maximumRetryAttempts: 1,
};

/** Sends the total of each item. */
const publishing = (sink: Sink) =>
  streamRouter<Item>().onInsert(publishTo(sink, ({ newImage }) => ({ total: newImage.total })));

describe('a sent message', () => {
  test('is kept, in order, with its options', async () => {
    const sink = memorySink<{ n: number }>();
    await sink.send({ n: 1 }, { record });
    await sink.publish({ n: 2 }, { record, attributes: { kind: 'x' }, subject: 's', groupId: 'g' });
    await sink.put({ n: 3 }, { detached: true });
    await sink.delete({ id: 'a' }, { record });
    expect(sink.sent).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(sink.deleted).toEqual([{ id: 'a' }]);
    expect(sink.calls.map(({ message, operation, error }) => [message, operation, error])).toEqual([
      [{ n: 1 }, 'send', undefined],
      [{ n: 2 }, 'send', undefined],
      [{ n: 3 }, 'send', undefined],
      [{ id: 'a' }, 'delete', undefined],
    ]);
    expect(sink.calls[1]?.options).toEqual({
      record,
      attributes: { kind: 'x' },
      subject: 's',
      groupId: 'g',
    });
  });

  test('is copied, as the caller may change it', async () => {
    const sink = memorySink();
    const message = { tags: new Set(['a']), bytes: new Uint8Array([1]) };
    await sink.send(message, { record });
    message.tags.add('b');
    message.bytes[0] = 2;
    expect(sink.sent).toEqual([{ tags: new Set(['a']), bytes: new Uint8Array([1]) }]);
  });

  test.each([['text'], [new Uint8Array([1, 2])], [[1, 2]], [{ big: 1n }]])('may be %o', async (message) => {
    const sink = memorySink();
    await sink.send(message, { record });
    expect(sink.sent).toEqual([message]);
  });

  test('is forgotten by clear, and so are failures', async () => {
    const sink = memorySink();
    sink.fail('systemic', { when: (message) => message === 'no' });
    await sink.send('yes', { record });
    await sink.delete({ id: 'a' }, { record });
    sink.clear();
    await sink.send('no', { record });
    expect([sink.sent, sink.deleted, sink.calls.length]).toEqual([['no'], [], 1]);
  });
});

describe('a message is refused', () => {
  test.each([
    ['without a record', 'x', undefined, 'RECORD_REQUIRED'],
    ['with a record as Lambda sends it', 'x', { record: a }, 'RECORD_REQUIRED'],
    ['that is empty', '', { record }, 'SINK_MESSAGE_INVALID'],
    ['that is undefined', undefined, { record }, 'INVALID_MESSAGE'],
    ['that is a promise', Promise.resolve(1), { record }, 'INVALID_RESULT'],
    ['that holds a promise', { inner: Promise.resolve(1) }, { record }, 'INVALID_RESULT'],
    ['after the signal', 'x', { record, signal: AbortSignal.abort(new Error('over')) }, 'SINK_DEADLINE'],
    [
      'after the deadline',
      'x',
      { record: { ...record, deadlineSignal: AbortSignal.abort() } },
      'SINK_DEADLINE',
    ],
  ])('%s', async (_, message, options, code) => {
    const sink = memorySink({ target: 'payments' });
    await expect(sink.send(message, options as never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('payments'),
    });
    expect(sink.sent).toEqual([]);
  });
});

describe('fail', () => {
  test.each<[MemorySinkFailure, object]>([
    ['retryable', { name: 'SinkError', code: 'SINK_ENTRY_REFUSED', retryable: true, target: 'payments' }],
    ['content', { name: 'SinkError', code: 'SINK_ENTRY_REFUSED', retryable: false, target: 'payments' }],
    ['systemic', { name: 'SinkError', code: 'SINK_REQUEST_FAILED', retryable: false, target: 'payments' }],
  ])("'%s' rejects with the error of the other sinks", async (reason, error) => {
    const sink = memorySink({ target: 'payments' });
    sink.fail(reason);
    for (const _ of [1, 2]) await expect(sink.send('x', { record })).rejects.toMatchObject(error);
    expect(sink.sent).toEqual([]);
    expect(sink.calls.map((call) => call.error)).toMatchObject([error, error]);
    sink.recover();
    await sink.send('x', { record });
    expect(sink.sent).toEqual(['x']);
  });

  test('rejects with an error of the user', async () => {
    const own = new TypeError('own');
    const sink = memorySink();
    sink.fail(own);
    await expect(sink.send('x', { record })).rejects.toBe(own);
  });

  test.each(['deadline', 'signal'])("'noResponse' rejects at the %s, not before", async (which) => {
    const controller = new AbortController();
    const { signal } = controller;
    const options =
      which === 'signal' ? { record, signal } : { record: { ...record, deadlineSignal: signal } };
    const sink = memorySink();
    sink.fail('noResponse');
    const settled = vi.fn();
    const sent = sink.send('x', options);
    sent.catch(settled);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).not.toHaveBeenCalled();
    controller.abort(new Error('over'));
    await expect(sent).rejects.toMatchObject({ code: 'SINK_DEADLINE', cause: new Error('over') });
  });

  test('counts, and asks which messages', async () => {
    const sink = memorySink<number>();
    sink.fail('content', { when: (message) => message === 3 });
    sink.fail('retryable', { times: 2 });
    const codes = [];
    for (const n of [1, 3, 2, 3, 4]) {
      codes.push(
        await sink.send(n, { record }).then(
          () => 'sent',
          (error) => error.retryable,
        ),
      );
    }
    expect(codes).toEqual([true, false, true, false, 'sent']);
  });

  test('a message fails only where `when` says yes', async () => {
    const sink = memorySink<number>();
    sink.fail('content', { when: (() => undefined) as never });
    await sink.send(1, { record });
    expect(sink.sent).toEqual([1]);
  });

  test('`when` cannot be asynchronous: its promise would let each message fail', async () => {
    const sink = memorySink<number>();
    sink.fail('content', { when: (async () => false) as never });
    await expect(sink.send(1, { record })).rejects.toMatchObject({
      code: 'ASYNC_CONDITION',
      message: 'memorySink.fail: when returned a promise. Let it return true or false.',
    });
  });

  test.each<[unknown, object | undefined, string]>([
    [
      'other',
      {},
      "memorySink.fail: the reason has to be one of 'retryable', 'content', 'systemic', 'noResponse'",
    ],
    ['content', { times: 0 }, 'memorySink.fail: times has to be a whole number from 1'],
    ['content', { when: true }, 'memorySink.fail: when has to be a function'],
    ['content', { once: true }, 'memorySink.fail: once is not an option'],
  ])('refuses %j with %j', (reason, options, message) => {
    expect(() => memorySink().fail(reason as never, options as never)).toThrow(message);
  });
});

test.each([[{ target: 1 }], [{ name: 'x' }], [null]])('memorySink refuses %j', (options) => {
  expect(() => memorySink(options as never)).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
});

describe('in place of another sink', () => {
  test('a record whose message is refused is delivered again', async () => {
    const sink = memorySink();
    sink.fail('retryable', { times: 1 });
    const delivery = await deliver(publishing(sink), [a, b], REPORT);
    expect(delivery).toSucceed();
    expect(sink.sent).toEqual([{ total: 2 }, { total: 1 }, { total: 2 }]);
    expect(delivery.failures).toMatchObject([{ keys: { id: 'a' }, error: { code: 'SINK_ENTRY_REFUSED' } }]);
  });

  test('the content of a message makes its record a dead letter, and a target that fails does not', async () => {
    const [sink, letters] = [memorySink(), memorySink({ target: 'letters' })];
    const router = publishing(sink).use(deadLetter(letters));
    sink.fail('content', { times: 1 });
    expect((await deliver(router, [a], REPORT)).deadLettered).toHaveLength(1);
    expect(letters.sent).toMatchObject([
      { version: 'streamlane.dead-letter/1', error: { name: 'SinkError' } },
    ]);
    sink.fail('systemic');
    expect((await deliver(router, [b], REPORT)).deadLettered).toEqual([]);
    expect(letters.sent).toHaveLength(1);
  });

  test('without an answer the invocation ends at its deadline', async () => {
    const sink = memorySink();
    sink.fail('noResponse');
    const context = lambdaContext({ remainingMs: 5000 });
    const answer = publishing(sink)(stream.event([a]), context);
    await new Promise((resolve) => setImmediate(resolve));
    context.advance(4500);
    expect(await answer).toReportCheckpoint(a.dynamodb.SequenceNumber);
  });

  test('an audit trail goes to it', async () => {
    const sink = memorySink<{ itemKey: string }>();
    await deliver(streamRouter<Item>().onInsert(auditTrail(sink as Sink)), [a], REPORT);
    expect(sink.sent).toMatchObject([{ itemKey: expect.stringContaining('a') }]);
  });

  test('works under fake timers', async () => {
    vi.useFakeTimers();
    try {
      const sink: MemorySink = memorySink();
      expect(await deliver(publishing(sink), [a], REPORT)).toSucceed();
    } finally {
      vi.useRealTimers();
    }
  });
});

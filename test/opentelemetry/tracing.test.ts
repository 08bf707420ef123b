import { context, INVALID_SPAN_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import * as semconv from '@opentelemetry/semantic-conventions/incubating';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { changed, defineTable, itemOf, matches, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import { type TracingOptions, tracing } from '../../src/opentelemetry/index.ts';
import { memorySink } from '../../src/testing/index.ts';
import { contextOf, eventOf, memoryLogger, type RecordSketch, sequenceNumberAt } from '../fixtures/events.ts';
import {
  endedSpans,
  inSpan,
  startTelemetry,
  stopTelemetry,
  UNSAMPLED,
  unsampled,
  writer,
  writtenBy,
} from './telemetry.ts';

beforeEach(() => {
  startTelemetry();
});
afterAll(stopTelemetry);

const logger = memoryLogger();
const nothing = async (): Promise<void> => {};

const router = (options?: TracingOptions, handler: () => unknown = nothing) =>
  streamRouter({ logger }).use(tracing(options)).onInsert(handler).onModify(handler).onRemove(handler);

/** The spans of records, of the events of these sketches. */
async function spansOf(
  handle: ReturnType<typeof streamRouter>,
  ...sketches: readonly RecordSketch[]
): Promise<readonly ReadableSpan[]> {
  await handle(eventOf(...sketches), contextOf());
  return recordSpans();
}

async function recordSpans(): Promise<readonly ReadableSpan[]> {
  return (await endedSpans()).filter(({ name }) => name.startsWith('process'));
}

const linked = ({ links }: ReadableSpan) =>
  links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }));

describe('the span of a record', () => {
  test('has the attributes of the semantic conventions, and nothing of the item', async () => {
    const [span] = await spansOf(router(), {
      eventName: 'MODIFY',
      id: 'secret-key',
      newImage: { x: { S: 'secret' } },
    });
    expect(span).toMatchObject({
      name: 'process Invoices',
      kind: SpanKind.CONSUMER,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.attributes).toEqual({
      [semconv.ATTR_MESSAGING_SYSTEM_NAME]: 'aws.dynamodb_streams',
      [semconv.ATTR_MESSAGING_OPERATION_NAME]: 'process',
      [semconv.ATTR_MESSAGING_OPERATION_TYPE]: semconv.MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
      [semconv.ATTR_MESSAGING_DESTINATION_NAME]: 'Invoices',
      [semconv.ATTR_MESSAGING_MESSAGE_ID]: '0'.repeat(32),
      [semconv.ATTR_FAAS_TRIGGER]: semconv.FAAS_TRIGGER_VALUE_DATASOURCE,
      [semconv.ATTR_FAAS_DOCUMENT_COLLECTION]: 'Invoices',
      [semconv.ATTR_FAAS_DOCUMENT_OPERATION]: semconv.FAAS_DOCUMENT_OPERATION_VALUE_EDIT,
      [semconv.ATTR_FAAS_DOCUMENT_TIME]: '2026-01-01T00:00:00.000Z',
      [semconv.ATTR_AWS_DYNAMODB_TABLE_NAMES]: ['Invoices'],
      'streamlane.event_name': 'MODIFY',
      'streamlane.sequence_number': sequenceNumberAt(0),
    });
    expect(JSON.stringify([span?.name, span?.attributes, span?.events])).not.toContain('secret');
  });

  test('names the entity', async () => {
    const app = defineTable({
      name: 'App',
      keys: ['id'],
      entities: { order: { item: itemOf<{ id: string }>(), match: { id: 'item-0' } } },
    });
    const handle = streamRouter(app, { logger: false })
      .use(tracing())
      .entity('order', (routes) => routes.onInsert(nothing));
    const [span] = await spansOf(handle as never, {}, { id: 'other' });
    expect(span).toMatchObject({ name: 'process order', attributes: { 'streamlane.entity': 'order' } });
    expect(await recordSpans()).toHaveLength(1);
  });

  test('has the item key and further attributes only on request', async () => {
    const attributes = ({ eventName }: { eventName: string }) => ({ 'app.event': eventName });
    const [computed] = await spansOf(router({ keys: true, attributes }), { id: 'INV-1' });
    expect(computed?.attributes).toMatchObject({
      'faas.document.name': '{"id":"INV-1"}',
      'app.event': 'INSERT',
    });
    const [, fixed] = await spansOf(router({ attributes: { team: 'billing' } }), {});
    expect(fixed?.attributes).toMatchObject({ team: 'billing' });
    expect(fixed?.attributes).not.toHaveProperty(['faas.document.name']);
  });

  test('is a child of the span of the invocation, also with overlapping invocations', async () => {
    const starts: (() => void)[] = [];
    const handle = router({}, () => new Promise<void>((resolve) => void starts.push(resolve)));
    const invocations = ['one', 'two', 'three'].map((name) =>
      inSpan(name, async (span) => {
        await handle(eventOf({ id: `${name}-1` }, { id: `${name}-2` }), contextOf());
        return span;
      }),
    );
    await vi.waitFor(() => expect(starts).toHaveLength(6));
    // They end in another order than they started.
    for (const start of starts.toReversed()) start();
    const parents = await Promise.all(invocations);
    const spans = await recordSpans();
    for (const { spanId, traceId } of parents) {
      const own = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId);
      expect(own.map((span) => span.spanContext().traceId)).toEqual([traceId, traceId]);
    }
  });

  test('is active in its handler and the middleware, beside others that run at the same time', async () => {
    const seen = new Map<string, (string | undefined)[]>();
    const note = ({ sequenceNumber }: { sequenceNumber: string }): void => {
      const active = trace.getActiveSpan()?.spanContext().spanId;
      seen.set(sequenceNumber, [...(seen.get(sequenceNumber) ?? []), active]);
    };
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .use(async (record, _context, next) => {
        note(record);
        await next();
        note(record);
      })
      .onInsert(async (record) => {
        note(record);
        await new Promise((resolve) => setTimeout(resolve, 5));
        note(record);
      });
    const spans = await spansOf(handle, {}, {}, {});
    expect(spans).toHaveLength(3);
    for (const span of spans) {
      const { spanId } = span.spanContext();
      expect(seen.get(`${span.attributes['streamlane.sequence_number']}`)).toEqual(Array(4).fill(spanId));
    }
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  test('shows processors of a child all that the span has', async () => {
    const parents: unknown[] = [];
    const processor: SpanProcessor = {
      onStart(_span, parentContext) {
        const parent = trace.getSpan(parentContext) as ReadableSpan | undefined;
        if (parent) parents.push(parent.attributes['streamlane.event_name'], 'kind' in parent);
      },
      onEnd() {},
      async forceFlush() {},
      async shutdown() {},
    };
    startTelemetry(processor);
    await spansOf(
      router({}, () => trace.getTracer('test').startSpan('child').end()),
      {},
    );
    expect(parents).toEqual(['INSERT', true]);
  });

  test('takes the attributes that a handler sets', async () => {
    const handler = (): void => {
      const span = trace.getActiveSpan();
      span?.setAttribute('app.total', 5).addEvent('paid');
      Object.assign(span as object, { custom: 1 });
    };
    const [span] = await spansOf(router({}, handler), {});
    expect(span).toMatchObject({ attributes: { 'app.total': 5 }, events: [{ name: 'paid' }], custom: 1 });
  });
});

test('a record that cannot be read has a span with what can', async () => {
  const event = eventOf({});
  const [record] = event.Records;
  Object.assign(record?.dynamodb as object, {
    ApproximateCreationDateTime: {},
    Keys: { id: { X: 'unknown' } },
  });
  Object.assign(record as object, { eventSourceARN: undefined });
  await router({ keys: true })(event, contextOf());
  const [span] = await recordSpans();
  expect(span?.name).toBe('process record');
  expect(span?.attributes).not.toHaveProperty(['faas.document.name']);
  expect(span?.attributes).not.toHaveProperty(['faas.document.time']);
});

test('a middleware that is called with an object of a test makes its span', async () => {
  const { Records } = eventOf({});
  const raw = Records[0];
  const record = {
    eventName: 'INSERT',
    eventID: '1',
    sequenceNumber: '1',
    tableName: 'Invoices',
    keys: {},
    raw,
  };
  const recordContext = { logger, signal: new AbortController().signal };
  await tracing()(record as never, recordContext as never, async () => {});
  expect(await recordSpans()).toHaveLength(1);
});

describe('records without a span', () => {
  test('those that no route takes', async () => {
    const handle = streamRouter<{ id: string; status: string }>({ logger: false })
      .use(tracing())
      .onInsert(matches({ newImage: { status: 'PAID' } }), nothing)
      .onModify(changed('status'), () => {});
    const spans = await spansOf(
      handle as never,
      { newImage: { status: { S: 'OPEN' } } },
      { newImage: { status: { S: 'PAID' } } },
      { eventName: 'MODIFY', newImage: { status: { S: 'A' } }, oldImage: { status: { S: 'A' } } },
      { eventName: 'MODIFY', newImage: { status: { S: 'A' } }, oldImage: { status: { S: 'B' } } },
      { eventName: 'REMOVE' },
    );
    const taken = spans.map(({ attributes }) => attributes['streamlane.sequence_number']);
    expect(new Set(taken)).toEqual(new Set([sequenceNumberAt(1), sequenceNumberAt(3)]));
    expect(taken).toHaveLength(2);
  });

  test('those of an unsampled invocation, which stays the active context', async () => {
    const seen: unknown[] = [];
    const handle = router({ parent: 'traceparent' }, () => seen.push(trace.getActiveSpan()?.spanContext()));
    await unsampled(() => handle(eventOf({ newImage: writtenBy(1) }, {}), contextOf()));
    expect(await endedSpans()).toEqual([]);
    expect(seen).toEqual([UNSAMPLED, UNSAMPLED]);
  });

  test('all, without an SDK', async () => {
    stopTelemetry();
    expect(await router()(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});

describe('the link to the writer', () => {
  const parent = 'traceparent';

  test.each<[string, RecordSketch, number[]]>([
    ['an insert', { newImage: writtenBy(1) }, [1]],
    ['a change that sets the attribute', { eventName: 'MODIFY', newImage: writtenBy(2) }, [2]],
    [
      'a change of another writer',
      { eventName: 'MODIFY', newImage: writtenBy(2), oldImage: writtenBy(1) },
      [2],
    ],
    [
      'a change whose writer set none',
      { eventName: 'MODIFY', newImage: writtenBy(1), oldImage: writtenBy(1) },
      [],
    ],
    ['a change that removes the attribute', { eventName: 'MODIFY', oldImage: writtenBy(1) }, []],
    ['a delete', { eventName: 'REMOVE', oldImage: writtenBy(1) }, []],
    [
      'a change without an old image',
      { eventName: 'MODIFY', viewType: 'NEW_IMAGE', newImage: writtenBy(1) },
      [],
    ],
    ['an insert without an image', { viewType: 'KEYS_ONLY', newImage: writtenBy(1) }, []],
    ['a map', { newImage: { traceparent: { M: writtenBy(3) } } }, [3]],
    ['another text', { newImage: { traceparent: { S: 'not one' } } }, []],
    ['a number', { newImage: { traceparent: { N: '5' } } }, []],
  ])('%s', async (_name, sketch, writers) => {
    const viewType = sketch.viewType ?? 'NEW_AND_OLD_IMAGES';
    const handle = streamRouter({ logger: false, viewType: viewType as 'NEW_AND_OLD_IMAGES' })
      .use(tracing({ parent }))
      .onInsert(nothing)
      .onModify(nothing)
      .onRemove(nothing);
    const [span] = await spansOf(handle as never, sketch);
    expect(linked(span as ReadableSpan)).toEqual(writers.map(writer));
  });

  test('is remote, and says its role', async () => {
    const [span] = await spansOf(router({ parent }), { newImage: writtenBy(1) });
    expect(span?.links).toMatchObject([
      { context: { isRemote: true, traceFlags: 1 }, attributes: { 'streamlane.link': 'writer' } },
    ]);
  });

  test('reads the stored item where a schema drops the attribute', async () => {
    const table = defineTable({ name: 'Invoices', keys: ['id'], item: z.object({ id: z.string() }) });
    const handle = streamRouter(table, { logger: false }).use(tracing({ parent })).onInsert(nothing);
    const [span] = await spansOf(handle as never, { newImage: writtenBy(1) });
    expect(linked(span as ReadableSpan)).toEqual([writer(1)]);
  });

  test('comes from a function of the record', async () => {
    const given = writtenBy(4).traceparent.S;
    const [span] = await spansOf(
      router({ parent: ({ eventName }) => (eventName === 'REMOVE' ? given : undefined) }),
      {
        eventName: 'REMOVE',
      },
    );
    expect(linked(span as ReadableSpan)).toEqual([writer(4)]);
  });

  test('is not there when the function throws, and the record is handled', async () => {
    const quiet = memoryLogger();
    const error = new Error('no');
    const handle = streamRouter({ logger: quiet })
      .use(
        tracing({
          parent: () => {
            throw error;
          },
        }),
      )
      .onInsert(nothing);
    const [span] = await spansOf(handle, {});
    expect(span?.links).toEqual([]);
    expect(quiet.entries).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'tracing: parent failed',
        fields: expect.objectContaining({ error }),
      }),
    );
  });
});

describe('a failure', () => {
  const failed = { code: SpanStatusCode.ERROR, message: 'Error: no' };
  const throwing = () => {
    throw new Error('no');
  };

  test.each([
    ['synchronous', throwing],
    ['asynchronous', async () => throwing()],
  ])('is recorded once, when a handler is %s', async (_name, handler) => {
    const [span] = await spansOf(router({}, handler), {});
    expect(span).toMatchObject({
      status: failed,
      attributes: { 'error.type': 'Error' },
      events: [{ name: 'exception' }],
    });
    expect(span?.events).toHaveLength(1);
  });

  test('is recorded once, whatever retry repeats', async () => {
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .use(retry({ attempts: 3, backoff: { minMs: 0, maxMs: 0 } }))
      .onInsert(throwing);
    const spans = await spansOf(handle, {});
    expect(spans).toHaveLength(1);
    expect(spans[0]?.events).toHaveLength(1);
  });

  test('is not recorded when a later attempt succeeds', async () => {
    let attempts = 0;
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .use(retry({ attempts: 3, backoff: { minMs: 0, maxMs: 0 } }))
      .onInsert(async () => {
        if (++attempts < 3) throw new Error('no');
      });
    const [span] = await spansOf(handle, {});
    expect(span).toMatchObject({ status: { code: SpanStatusCode.UNSET }, events: [] });
  });

  test('is recorded of a record whose dead letter was accepted', async () => {
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .use(deadLetter(memorySink(), { when: () => true }))
      .onInsert(async () => throwing());
    const [span] = await spansOf(handle, {});
    expect(span).toMatchObject({ status: failed, attributes: { 'streamlane.outcome': 'dead_lettered' } });
    expect(span?.events).toHaveLength(1);
  });

  test('before a handler makes a span too', async () => {
    const table = defineTable({ name: 'Invoices', keys: ['id'], item: z.object({ id: z.number() }) });
    const handle = streamRouter(table, { logger: false }).use(tracing()).onInsert(nothing);
    const [span] = await spansOf(handle as never, {});
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'VALIDATION_FAILED' },
    });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, '_OTHER'],
    ['text', 'no', '_OTHER'],
    ['an error without a name', Object.assign(new Error('no'), { name: '' }), '_OTHER'],
    ['an error with a code', Object.assign(new Error('no'), { code: 'E_NO' }), 'E_NO'],
    [
      'an object that cannot be read',
      new Proxy({}, { get: () => throwing(), getPrototypeOf: () => throwing() }),
      '_OTHER',
    ],
  ])('of %s is recorded, and stays the verdict', async (_name, thrown, type) => {
    const handle = router({}, async () => {
      throw thrown;
    });
    const response = await handle(eventOf({}), contextOf());
    expect(response.batchItemFailures).toHaveLength(1);
    const [span] = await recordSpans();
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': type },
    });
  });

  test('at the deadline ends the span before the answer, once', async () => {
    let settle: ((error: Error) => void) | undefined;
    const handle = streamRouter({ logger: false, reserveMs: 50 })
      .use(tracing())
      .onInsert(
        () =>
          new Promise((_, reject) => {
            settle = reject;
          }),
      );
    await handle(eventOf({}), contextOf(100));
    const [span] = await recordSpans();
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'DEADLINE' },
    });
    settle?.(new Error('late'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect((await recordSpans())[0]?.events).toEqual([]);
  });

  test('at the deadline stays one when the handler succeeds later', async () => {
    let settle: (() => void) | undefined;
    const handle = streamRouter({ logger: false, reserveMs: 50 })
      .use(tracing())
      .onInsert(
        () =>
          new Promise<void>((resolve) => {
            settle = resolve;
          }),
      );
    await handle(eventOf({}), contextOf(100));
    settle?.();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await recordSpans()).toMatchObject([{ attributes: { 'error.type': 'DEADLINE' } }]);
  });

  test('of the SDK is not the failure of a record', async () => {
    trace.disable();
    trace.setGlobalTracerProvider({
      getTracer: () => ({
        startSpan: () => {
          throw new Error('broken SDK');
        },
        startActiveSpan: (() => {}) as never,
      }),
    });
    expect(await router()(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
  });
});

test('a record has a span without a parent if the span context of the invocation is invalid', async () => {
  const invalid = trace.setSpanContext(context.active(), INVALID_SPAN_CONTEXT);
  await context.with(invalid, () => router()(eventOf({}), contextOf()));
  const [span] = await recordSpans();
  expect(span?.parentSpanContext).toBeUndefined();
});

test.each<[object, string]>([
  [{ parent: 5 }, 'parent has to be the name of an attribute, or a function'],
  [{ parent: '' }, 'parent has to be'],
  [{ attributes: [] }, 'attributes has to be an object of attributes, or a function'],
  [{ keys: 'yes' }, 'keys has to be true or false'],
  [{ parents: 'x' }, 'parents is not an option'],
])('refuses %j', (options, message) => {
  expect(() => tracing(options as TracingOptions)).toThrow(message);
});

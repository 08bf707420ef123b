import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import type { DeadLetter } from '../../src/dead-letter/dead-letter.ts';
import { streamRouter } from '../../src/index.ts';
import { deadLetter, parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { tracing } from '../../src/opentelemetry/index.ts';
import { replay } from '../../src/replay/index.ts';
import { memorySink } from '../../src/testing/index.ts';
import { traceContextOf } from '../../src/trace-context/record-trace.ts';
import { traceparentOf } from '../../src/trace-context/trace-context.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';
import { endedSpans, inSpan, startTelemetry, stopTelemetry } from './telemetry.ts';

beforeEach(() => {
  startTelemetry();
});
afterAll(stopTelemetry);

const poison = async (): Promise<void> => {
  throw new Error('poison');
};

async function letterOf(sink = memorySink(), event = eventOf({ id: 'INV-1' })): Promise<DeadLetter> {
  const handle = streamRouter({ logger: false })
    .use(tracing())
    .use(deadLetter(sink, { when: () => true }))
    .onInsert(poison);
  await handle(event, contextOf());
  return parseDeadLetter(sink.sent.at(-1));
}

const spanOf = async (at: number) =>
  (await endedSpans()).filter(({ name }) => name.startsWith('process'))[at];

describe('a dead letter', () => {
  test('keeps the trace in which the record failed', async () => {
    const { traceparent } = await letterOf();
    const span = await spanOf(0);
    expect(traceparent).toBe(traceparentOf(span?.spanContext() as never));
  });

  test('has none without tracing', async () => {
    stopTelemetry();
    expect(await letterOf()).not.toHaveProperty('traceparent');
  });

  test('of a record with malformed keys is sent with its trace', async () => {
    const event = eventOf({});
    Object.assign(event.Records[0]?.dynamodb as object, { Keys: { id: { X: '' } } });
    const contexts: unknown[] = [];
    const sink = memorySink();
    const watched = {
      target: 'watched',
      send: async (message: unknown, options: { record?: object }) => {
        contexts.push(traceContextOf(options.record));
        await sink.send(message, options as never);
      },
    };
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .use(deadLetter(watched as never, { when: () => true }))
      .onInsert(poison);
    await handle(event, contextOf());
    const span = await spanOf(0);
    expect(contexts).toMatchObject([{ spanId: span?.spanContext().spanId }]);
  });

  test('that is replayed links its new span to the first one', async () => {
    const letter = await letterOf();
    const first = await spanOf(0);
    const handler = streamRouter({ logger: false })
      .use(tracing({ parent: 'traceparent' }))
      .onInsert(async () => {});
    const summary = await replay({ documents: [JSON.stringify(letter)], handler });
    expect(summary).toMatchObject({ succeeded: 1 });
    const again = await spanOf(1);
    expect(again?.spanContext().traceId).not.toBe(first?.spanContext().traceId);
    expect(again?.links).toMatchObject([
      {
        context: { traceId: first?.spanContext().traceId, spanId: first?.spanContext().spanId },
        attributes: { 'streamlane.link': 'replayed' },
      },
    ]);
  });

  test('without a trace is replayed without a link', async () => {
    const { traceparent, ...letter } = await letterOf();
    expect(traceparent).toBeDefined();
    const handler = streamRouter({ logger: false })
      .use(tracing())
      .onInsert(async () => {});
    await replay({ documents: [letter], handler });
    expect((await spanOf(1))?.links).toEqual([]);
  });

  test('with a trace that is not text is refused', async () => {
    const letter = { ...(await letterOf()), traceparent: 5 };
    expect(() => parseDeadLetter(letter)).toThrow('its traceparent is not text');
  });
});

describe('an audit entry', () => {
  const entriesOf = async (
    handle: (sink: ReturnType<typeof memorySink>) => ReturnType<typeof streamRouter>,
  ) => {
    const sink = memorySink();
    const trace = await inSpan('invocation', async ({ traceId }) => {
      await handle(sink)(eventOf({}), contextOf());
      return traceId;
    });
    return { entries: sink.sent, trace };
  };

  test.each([
    [
      'middleware',
      (sink: never) =>
        streamRouter({ logger: false })
          .use(tracing())
          .use(auditTrail(sink) as never),
    ],
    [
      'a route',
      (sink: never) =>
        streamRouter({ logger: false })
          .use(tracing())
          .onInsert(auditTrail(sink) as never),
    ],
  ])('of %s keeps the trace id', async (_name, router) => {
    const { entries, trace } = await entriesOf(router as never);
    expect(entries).toMatchObject([{ traceId: trace }]);
  });

  test('has none without tracing', async () => {
    const { entries } = await entriesOf((sink) =>
      streamRouter({ logger: false }).onInsert(auditTrail(sink) as never),
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]).not.toHaveProperty('traceId');
  });
});

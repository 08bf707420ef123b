// A sandbox lives for hours. Whatever an invocation leaves behind in it, its handlers and its sinks adds up.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { retry } from '../../src/middleware/retry.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { recordOf, STREAM_ARN } from '../fixtures/events.ts';
import { NoteStore, type Notes } from '../fixtures/note-store.ts';
import { Random } from './model/random.ts';
import { BEGINNING_MS } from './model/table.ts';
import { monotonicNow, never, onVirtualTime, sleep } from './world/clock.ts';

const INVOCATIONS = 300;

/** Powertools' processor keeps the records of the last batch until the next one. */
const MAX_KEPT = 10;

const TIME_MS = 60;

type Fields = Readonly<Record<string, unknown>>;
type Handler = (event: never, context: Context) => Promise<unknown>;

const random = new Random(1);
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const common = { reserveMs: 10, logger };
let requests = 0;
/** The objects of single invocations: event, records, context, signal, messages and errors. */
const made: WeakRef<object>[] = [];

const queue = sqsQueue({
  client: { send } as never,
  queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/queue.fifo',
  requestTimeoutMs: 20,
  attempts: 2,
});

/** Refuses some entries, fails some requests, and never answers others. */
async function send({ input }: { readonly input: { readonly Entries: { readonly Id: string }[] } }) {
  const number = requests++;
  await sleep(random.below(5, 'request', number));
  const luck = random.below(20, 'luck', number);
  if (luck === 0) return never();
  if (luck === 1) throw Object.assign(new Error('Slow down.'), { name: 'ThrottlingException' });
  const isRefused = (place: number): boolean => random.percent(10, 'entry', number, place);
  return {
    Successful: input.Entries.filter((_, place) => !isRefused(place)).map(({ Id }) => ({ Id })),
    Failed: input.Entries.filter((_, place) => isRefused(place)).map(({ Id }) => ({ Id, Code: 'No' })),
  };
}

/** Succeeds, throws, sends, or outlives its invocation. */
async function handle(name: string, signal?: AbortSignal, record?: object): Promise<void> {
  const luck = random.below(20, name);
  if (signal !== undefined) note(signal);
  await sleep(luck === 0 ? TIME_MS * 2 : random.below(6, 'latency', name));
  signal?.throwIfAborted();
  if (luck < 4) throw note(Object.assign(new Error('It did not work.'), { retryable: luck !== 1 }));
  if (record !== undefined) await queue.send(note({ name }), { record } as never);
}

const notes: Notes = new Map();
const persistenceStore = new NoteStore(notes, () => sleep(1));

const HANDLERS: Readonly<Record<string, () => Handler>> = {
  router: () =>
    streamRouter(common)
      .use(deadLetter(queue))
      .use(idempotent({ persistenceStore, keyPrefix: 'warm' }))
      .use(retry({ attempts: 2, backoff: { minMs: 1 } }))
      .onInsert((record, { signal }) => handle(record.sequenceNumber, signal, record)) as unknown as Handler,
  processBatch: () => (event, context) =>
    processBatch(
      event,
      context,
      (record, { signal }) => handle(record.sequenceNumber, signal, record),
      common,
    ),
  streamWindow: () =>
    streamWindow({
      ...common,
      initial: { count: 0 },
      reduce: async (state, record, { signal }) => {
        await handle(record.sequenceNumber, signal, record);
        state.count++;
      },
      close: (state) =>
        queue.send(state, { detached: true, groupId: 'windows', deduplicationId: `${requests}` }),
    }) as unknown as Handler,
  OrderedStreamProcessor: () => {
    const processor = new OrderedStreamProcessor({ reserveMs: 10, logger });
    return (event, context) =>
      processPartialResponse(
        event,
        ((record: ReturnType<typeof recordOf>) => handle(record.dynamodb?.SequenceNumber ?? '')) as never,
        processor,
        { context },
      );
  },
};

test.each(Object.keys(HANDLERS))(
  'a warm sandbox with %s keeps nothing of its invocations',
  async (name) => {
    const handler = (HANDLERS[name] as () => Handler)();
    const fields = name === 'streamWindow' ? windowFields : () => ({});
    made.length = 0;
    await onVirtualTime(BEGINNING_MS, random, async (clock) => {
      for (let number = 0; number < INVOCATIONS; number++) {
        const records = Array.from({ length: 5 }, (_, place) =>
          note(recordOf({ id: `item-${place % 3}` }, number * 5 + place)),
        );
        await invoke(handler, note({ ...fields(number), Records: records }));
      }
      await sleep(TIME_MS * 4);
      expect(clock.timers).toBe(0);
    });
    notes.clear();
    await collectGarbage();
    expect(made.length).toBeGreaterThan(INVOCATIONS * 6);
    expect(made.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(MAX_KEPT);
    // Until here the handler is alive.
    expect(handler).toBeTypeOf('function');
  },
  60_000,
);

/** Remembers an object, and does not keep it. */
function note<T extends object>(value: T): T {
  made.push(new WeakRef(value));
  return value;
}

async function invoke(handler: Handler, event: object): Promise<void> {
  const endsAt = monotonicNow() + TIME_MS;
  const context = note({ getRemainingTimeInMillis: () => endsAt - monotonicNow() } as Context);
  await handler(event as never, context).catch(ignore);
}

function windowFields(number: number): Fields {
  return {
    window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' },
    state: {},
    shardId: 'shardId-0',
    eventSourceARN: STREAM_ARN,
    isFinalInvokeForWindow: number % 5 === 4,
    isWindowTerminatedEarly: false,
  };
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}

function ignore(): void {}

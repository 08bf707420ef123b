import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { changed, streamRouter } from 'streamlane';
import { auditTrail } from 'streamlane/audit';
import { deadLetter } from 'streamlane/middleware/dead-letter';
import { retry } from 'streamlane/middleware/retry';
import { createSink, type EntryOutcome, publishTo, type Sink } from 'streamlane/sinks';
import { batchText } from '../../../bench/data/batch.ts';
import type { BenchItem } from '../../../bench/data/items.ts';
import type { Handler } from '../../fixtures/lambda.ts';
import type { Load } from './load.ts';

/** Invocations of the one router at once, as on Lambda Managed Instances. */
const OVERLAPPING = 4;
const RECORDS = 1000;
const MAX_DELIVERIES = 3;
/** An invocation with little time left, whose deadline comes in the midst of its records. */
const SHORT_MS = 60;
const RESERVE_MS = 20;
/** Longer than any work of a record that has been abandoned. */
const REST_MS = 400;
/** The share of the invocations of a router with an audit trail, which takes most of the time where it is used. */
const AUDITED = 0.1;

/** A router with sinks and middleware, and nothing outside this process: millions of records, with failures of each kind. */
export function routerLoad(): Load {
  // Lives as long as the process: listeners on it that are not removed add up.
  const sandbox = new AbortController().signal;
  const plain = faultyRouter(sandbox);
  const audited = faultyRouter(sandbox).use(auditTrail(accepting('audit')));
  const text = batchText({ profile: 'small', records: RECORDS, items: 200, seed: 22 });
  return {
    async run(until) {
      const counts = await Promise.all(
        Array.from({ length: OVERLAPPING }, async () => {
          let records = 0;
          do records += await deliver(Math.random() < AUDITED ? audited : plain, text);
          while (!until.aborted);
          return records;
        }),
      );
      await sleep(REST_MS);
      return counts.reduce((sum, count) => sum + count);
    },
    listeners: () => getEventListeners(sandbox, 'abort').length,
    async close() {},
  };
}

/** Delivers one batch, and what the response asks for again, a few times. */
async function deliver(handler: Handler, text: string): Promise<number> {
  let { Records: records } = JSON.parse(text) as DynamoDBStreamEvent;
  for (let deliveries = 0; deliveries < MAX_DELIVERIES && records.length > 0; deliveries++) {
    const { batchItemFailures } = await handler({ Records: records }, contextOf());
    const lowest = batchItemFailures[0]?.itemIdentifier;
    const at = records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === lowest);
    records = at === -1 ? [] : records.slice(at);
  }
  return RECORDS - records.length;
}

let requests = 0;

function contextOf(): Context {
  const endsAt = performance.now() + (Math.random() < 0.1 ? SHORT_MS : 10_000);
  return {
    awsRequestId: `${++requests}`,
    getRemainingTimeInMillis: () => endsAt - performance.now(),
  } as Context;
}

function faultyRouter(sandbox: AbortSignal) {
  const topic = createSink({
    target: 'topic',
    maxEntries: 10,
    maxBytes: 262_144,
    attempts: 3,
    requestTimeoutMs: 150,
    request: faultyRequest,
  });
  return streamRouter<BenchItem>({ concurrency: 50, reserveMs: RESERVE_MS, logger: false })
    .use(deadLetter(accepting('letters')))
    .use(retry({ attempts: 2, backoff: { minMs: 1 } }))
    .onInsert(publishTo(topic, ({ newImage }) => ({ opened: newImage.invoiceId })))
    .onModify(changed('status'), (record) =>
      topic.send({ status: record.newImage.status }, { record, signal: sandbox }),
    )
    .onModify(async (record, { signal, getRemainingTimeInMillis }) => {
      const dice = Math.random();
      if (dice < 0.001) throw new Error('The handler fails.');
      if (dice < 0.002) await sleep(5, undefined, { signal });
      if (dice < 0.003) await Promise.race([sleep(2), topic.send({ late: record.eventID }, { record })]);
      // Where the deadline is near: this record is abandoned with the invocation.
      if (dice < 0.01 && getRemainingTimeInMillis() < SHORT_MS) await new Promise(() => {});
    })
    .onRemove(({ oldImage }) => void oldImage.version);
}

function accepting(target: string): Sink {
  return createSink({ target, maxEntries: 25, maxBytes: 1_048_576, request: async () => 'accepted' });
}

/** Answers as targets do on a bad day. */
async function faultyRequest(entries: readonly string[]): Promise<'accepted' | readonly EntryOutcome[]> {
  await nextTurn();
  const dice = Math.random();
  if (dice < 0.01) throw Object.assign(new Error('Slow down.'), { status: 429 });
  if (dice < 0.02) return entries.map((_, index) => (index === 0 ? refusal(true) : 'accepted'));
  if (dice < 0.025) return entries.map((_, index) => (index === 0 ? refusal(false) : 'accepted'));
  if (dice < 0.03) return entries.map((_, index) => (index === 0 ? undefined : 'accepted'));
  if (dice < 0.031) return new Promise(() => {}); // its signal is ignored, too
  return 'accepted';
}

function refusal(retryable: boolean): EntryOutcome {
  return { code: retryable ? 'Busy' : 'Malformed', retryable, cause: new Error('The target says no.') };
}

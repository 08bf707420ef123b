import type { DynamoDBRecord } from 'aws-lambda';
import type { Decision, InvocationResult } from '../../../src/delivery/deliver-batch.ts';
import type { MappingPlan } from './scenario.ts';

/** A DynamoDB stream keeps its records for so long. */
const RETENTION_SECONDS = 86_400;

type Steps = Generator<string, void, InvocationResult | undefined>;

/** The mapping and the shard of a delivery. */
export interface DeliveryReferenceOptions {
  readonly plan: MappingPlan;
  readonly shardId: string;
}

/** The delays that the simulated mappings wait for, after so many failures or throttles in a row. */
export function delayMsOf({ retryDelayMs }: MappingPlan, count: number): number {
  return retryDelayMs * 2 ** Math.min(count - 1, 6);
}

/** Delivers records as AWS documents it, naively, and says in words what a mapping has to do next. */
export function* deliveryInWords(
  records: readonly DynamoDBRecord[],
  options: DeliveryReferenceOptions,
  nextRun: () => number,
): Steps {
  const { plan, shardId } = options;
  const { maximumRetryAttempts: retries, maximumRecordAgeInSeconds: maximumAge } = plan;
  const run = nextRun();
  let left = records;
  let [failures, throttles] = [0, 0];
  let last: InvocationResult | undefined;
  for (;;) {
    const old: DynamoDBRecord[] = [];
    for (const record of left) {
      if (ageOf(record) <= (maximumAge < 0 ? RETENTION_SECONDS : maximumAge)) break;
      old.push(record);
    }
    if (old.length > 0) {
      yield discarded(old, shardId, run, `RecordAgeExceeded after ${Math.max(1, failures)}`);
      yield `checkpoint discarded ${names(old)}, run ${run}`;
      left = left.slice(old.length);
    }
    if (left.length === 0) return;
    if (retries >= 0 && failures > retries) {
      const error = last?.type === 'failed' ? 'Unhandled' : 'null';
      yield discarded(left, shardId, run, `RetryAttemptsExhausted after ${failures}, 200 $LATEST ${error}`);
      yield `checkpoint discarded ${names(left)}, run ${run}`;
      return;
    }
    const attempt = `${names(left)}, run ${run}, attempt ${failures + 1}`;
    const result = (yield `invoke ${attempt}`) as InvocationResult;
    if (result.type === 'throttled') {
      throttles++;
      yield `invoked ${attempt}: throttled, 0 done`;
      yield `retry ${attempt}: throttled, in ${delayMsOf(plan, throttles)} ms`;
      continue;
    }
    throttles = 0;
    failures++;
    last = result;
    const done = doneBy(result, left, plan);
    const outcome = done === 0 ? 'failed' : done === left.length ? 'succeeded' : 'partial';
    yield `invoked ${attempt}: ${outcome}, ${done} done`;
    if (done > 0) {
      yield `checkpoint succeeded ${names(left.slice(0, done))}, run ${run}`;
      if (done < left.length) yield* deliveryInWords(left.slice(done), options, nextRun);
      return;
    }
    if (plan.bisectBatchOnFunctionError && left.length > 1) {
      const half = Math.floor(left.length / 2);
      yield `split ${names(left.slice(0, half))} and ${names(left.slice(half))}, run ${run}`;
      yield* deliveryInWords(left.slice(0, half), options, nextRun);
      yield* deliveryInWords(left.slice(half), options, nextRun);
      return;
    }
    if (retries < 0 || failures <= retries)
      yield `retry ${names(left)}, run ${run}, attempt ${failures + 1}: failed, in ${delayMsOf(plan, failures)} ms`;
  }
}

/** Says in the same words what the engine has decided. */
export function inWords(decision: Decision, runOf: (requestId: string) => number): string {
  const run = runOf(decision.requestId);
  if (decision.type === 'split')
    return `split ${names(decision.left)} and ${names(decision.right)}, run ${run}`;
  const { records } = decision;
  switch (decision.type) {
    case 'checkpoint':
      if (decision.sequenceNumber !== numberOf(records.at(-1))) return 'a checkpoint of another record';
      return `checkpoint ${decision.outcome} ${names(records)}, run ${run}`;
    case 'discard': {
      const { document } = decision;
      const { requestContext, responseContext, DDBStreamBatchInfo: info } = document;
      const { statusCode, executedVersion, functionError } = responseContext ?? {};
      const response = responseContext && `, ${statusCode} ${executedVersion} ${functionError}`;
      const why = `${requestContext.condition} after ${requestContext.approximateInvokeCount}${response ?? ''}`;
      const span = `${info.startSequenceNumber} to ${info.endSequenceNumber}`;
      const arrived = `${info.approximateArrivalOfFirstRecord} to ${info.approximateArrivalOfLastRecord}`;
      return (
        `discard ${names(records)}, run ${runOf(requestContext.requestId)}, ${why}: ` +
        `${info.batchSize} of ${info.shardId}, ${span}, ${arrived}, at ${document.timestamp}`
      );
    }
    default: {
      const attempt = `${names(records)}, run ${run}, attempt ${decision.attempt}`;
      if (decision.type === 'invoke') return `invoke ${attempt}`;
      if (decision.type === 'invoked')
        return `invoked ${attempt}: ${decision.outcome}, ${decision.done} done`;
      return `retry ${attempt}: ${decision.reason}, in ${decision.delayMs} ms`;
    }
  }
}

function discarded(records: readonly DynamoDBRecord[], shardId: string, run: number, why: string): string {
  const [first, last] = [records[0], records.at(-1)];
  return (
    `discard ${names(records)}, run ${run}, ${why}: ${records.length} of ${shardId}, ` +
    `${numberOf(first)} to ${numberOf(last)}, ${arrivalOf(first)} to ${arrivalOf(last)}, at ${new Date().toISOString()}`
  );
}

/** How many records an answer lets the mapping get past. */
function doneBy(result: InvocationResult, records: readonly DynamoDBRecord[], plan: MappingPlan): number {
  if (result.type !== 'returned') return 0;
  if (!plan.partialResponses) return records.length;
  const { batchItemFailures } = (result.response ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier?: unknown }[] | null;
  };
  const places = (batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex((record) => numberOf(record) === itemIdentifier),
  );
  return places.includes(-1) ? 0 : Math.min(records.length, ...places);
}

function names(records: readonly DynamoDBRecord[]): string {
  return records.map(numberOf).join(' ');
}

function numberOf(record: DynamoDBRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? 'none';
}

function createdAt(record: DynamoDBRecord | undefined): number {
  return record?.dynamodb?.ApproximateCreationDateTime ?? 0;
}

function ageOf(record: DynamoDBRecord): number {
  return Date.now() / 1000 - createdAt(record);
}

function arrivalOf(record: DynamoDBRecord | undefined): string {
  return new Date(createdAt(record) * 1000).toISOString().replace('.000Z', 'Z');
}

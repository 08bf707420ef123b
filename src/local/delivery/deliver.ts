import type { DynamoDBRecord } from 'aws-lambda';
import {
  type DeliveryOptions,
  type InvocationAnswer,
  type Invoked,
  takeResult,
} from '../../delivery/deliver-batch.ts';
import { eventJson } from '../../delivery/event-json.ts';
import type { InvocationOutcome, Invoke } from '../../delivery/invoke.ts';
import type { QueuedRecord } from '../../delivery/queued-record.ts';
import type { WindowDecision } from '../../delivery/tumbling-window.ts';
import { creationSecondsOf } from '../../record/creation-time.ts';
import { ownWork, turn } from '../../stream/event-loop.ts';
import { retryUntilAborted } from '../../stream/retry-until-aborted.ts';
import { wait } from '../../stream/wait.ts';
import type { SendOnFailure } from '../destinations/destination.ts';
import type { InvocationEvent, MappingEmitter } from '../mapping-events.ts';
import type { Tally } from '../statistics.ts';
import type { DeliveryControl } from './delivery-control.ts';
import type { RecursiveLoopDetector } from './recursive-loop.ts';

/** The surroundings that all batches of a mapping share. */
export interface DeliveryTools {
  /** As records and documents name it. */
  readonly streamArn: string;
  readonly invoke: Invoke;
  /** Undefined: only events tell which records were discarded. */
  readonly sendOnFailure: SendOnFailure | undefined;
  readonly settings: DeliveryOptions;
  readonly emitter: MappingEmitter;
  readonly tally: Tally;
  readonly recursiveLoop: RecursiveLoopDetector;
  readonly control: DeliveryControl;
  /** Told after each invocation. */
  readonly onResult: (result: 'OK' | 'PROBLEM: Function call failed') => void;
}

/** Moves the shard's checkpoint past records that are processed. @returns the shard's position */
export type Commit = (records: readonly DynamoDBRecord[]) => Promise<string | undefined>;

/** The decisions of the delivery engine about a batch. */
export type Decisions = Generator<WindowDecision, void, InvocationAnswer | undefined>;

type Decided<Type> = Extract<WindowDecision, { type: Type }>;

export interface Delivery {
  readonly shardId: string;
  /** The part of the shard that the batch belongs to. */
  readonly slot: number;
  readonly batch: readonly QueuedRecord[];
  readonly decisions: Decisions;
  readonly commit: Commit;
  readonly signal: AbortSignal;
}

/**
 * Takes one batch to its end, on real time: carries out what the delivery engine decides.
 *
 * @returns false when it was stopped before that. An invocation that runs is waited for, and its result counts.
 */
export async function deliver(delivery: Delivery, tools: DeliveryTools): Promise<boolean> {
  const { shardId, slot, batch, decisions, commit, signal } = delivery;
  const { emitter, tally, recursiveLoop, control } = tools;
  const json = new Map(batch.map((queued) => [queued.record, queued.json]));
  /** The request of the last retry. */
  let retried: string | undefined;
  let step = decisions.next();
  while (step.done !== true) {
    const decision = step.value;
    switch (decision.type) {
      case 'invoke': {
        const admission = await control.admit(decision.requestId, decision.requestId === retried, signal);
        if (admission !== 'now') {
          if (signal.aborted) return false;
          step = decisions.next({ type: admission });
          continue;
        }
        const hold = recursiveLoop.hold(decision.records);
        if (hold !== undefined) {
          await wait(hold.delayMs, signal);
          hold.end();
        }
        await turn(); // one invocation begins at a time
        if (signal.aborted) return false;
        const end = recursiveLoop.begin(decision.records);
        tally.lagMs = ageOf(decision.records);
        const { records, requestId, attempt } = decision;
        emitter.tell('invocationStarted', { shardId, slot, records, requestId, attempt });
        const startedAt = performance.now();
        const result = await tools.invoke(
          ownWork(() => eventOf(decision, json)),
          decision.requestId,
        );
        end();
        const event = invocationEvent(shardId, takeResult(decisions, result), result, startedAt);
        count(tally, event);
        tools.onResult(
          event.outcome === 'succeeded' || event.outcome === 'partial'
            ? 'OK'
            : 'PROBLEM: Function call failed',
        );
        emitter.tell('invocation', event);
        break;
      }
      case 'retry': {
        const { type: _, ...retry } = decision;
        tally.retries++;
        emitter.tell('retry', { shardId, ...retry });
        retried = decision.requestId;
        await control.delay(retried, decision.delayMs, signal);
        break;
      }
      case 'split': {
        const { type: _, ...split } = decision;
        tally.splits++;
        emitter.tell('split', { shardId, ...split });
        break;
      }
      case 'discard': {
        const { records: discarded, document, requestId } = decision;
        if (!(await sendOnFailure(decision, tools, signal))) return false;
        tally.recordsDiscarded += discarded.length;
        emitter.tell('discard', { shardId, records: discarded, requestId, document });
        break;
      }
      case 'checkpoint': {
        const { type: _, ...checkpoint } = decision;
        const { records: done, outcome } = checkpoint;
        const position = await commit(done);
        if (outcome === 'succeeded') tally.recordsSucceeded += done.length;
        emitter.tell('checkpoint', { shardId, ...checkpoint, position });
        break;
      }
      case 'windowClosed': {
        const { type: _, ...closed } = decision;
        await commit([]);
        emitter.tell('windowClosed', { shardId, ...closed });
        break;
      }
    }
    step = decisions.next();
  }
  return true;
}

/** The event as JSON, from records that are JSON already. */
function eventOf({ records, window }: Decided<'invoke'>, json: ReadonlyMap<DynamoDBRecord, string>): string {
  return eventJson(
    records.map((record) => json.get(record) as string),
    window,
  );
}

function invocationEvent(
  shardId: string,
  { records, requestId, attempt, outcome }: Invoked,
  result: InvocationOutcome,
  startedAt: number,
): InvocationEvent {
  return {
    shardId,
    records,
    requestId,
    attempt,
    outcome,
    durationMs: performance.now() - startedAt,
    response: result.type === 'returned' ? result.response : undefined,
    error: result.error,
  };
}

function count(tally: Tally, { outcome }: InvocationEvent): void {
  if (outcome === 'throttled') {
    tally.throttledInvocations++;
    return;
  }
  tally.invocations++;
  if (outcome === 'failed') tally.failedInvocations++;
  if (outcome === 'partial') tally.partialInvocations++;
}

/** Until it worked: a document that is lost would be records that are lost without a trace. */
async function sendOnFailure(
  { document, records }: Decided<'discard'>,
  { sendOnFailure: send, emitter }: DeliveryTools,
  signal: AbortSignal,
): Promise<boolean> {
  if (send === undefined) return true;
  const onProblem = (error: unknown, delayMs: number): void =>
    emitter.tell('problem', { operation: 'OnFailure', error, delayMs });
  try {
    await retryUntilAborted(() => send(document, records), { signal, onProblem });
    return true;
  } catch {
    return false; // stopped: nothing else ends it
  }
}

/** Milliseconds since the last record was made. */
function ageOf(records: readonly DynamoDBRecord[]): number | undefined {
  const seconds = creationSecondsOf(records.at(-1)?.dynamodb);
  return seconds === undefined ? undefined : Math.max(0, Date.now() - seconds * 1000);
}

import type { DynamoDBRecord } from 'aws-lambda';
import { compilePattern } from '../../../src/conditions/compile-pattern.ts';
import {
  type DeliveryOptions,
  deliverBatch,
  type InvocationResult,
} from '../../../src/delivery/deliver-batch.ts';
import type { OnFailureDocument } from '../../../src/delivery/on-failure-document.ts';
import { slotOf } from '../../../src/delivery/slot-of.ts';
import { TumblingWindows, type WindowDecision } from '../../../src/delivery/tumbling-window.ts';
import { comparedDelivery } from '../checkers/delivery.ts';
import { EngineCheck } from '../checkers/engine.ts';
import { handlerOf } from '../function/function.ts';
import { delayMsOf } from '../model/delivery-reference.ts';
import { patternOf } from '../model/reference.ts';
import type { Fault } from '../model/scenario.ts';
import type { Change, ShardPlan } from '../model/table.ts';
import { sleep } from './clock.ts';
import { invoke } from './invoke.ts';
import { Sandbox, Sandboxes } from './sandbox.ts';
import { WindowBook } from './window-book.ts';
import type { World } from './world.ts';

/** More than this is a loop. */
const MAX_INVOCATIONS = 3000;

/** The event source mapping: it delivers all shards, each after its parent. */
export class Mapping {
  readonly windows: WindowBook;
  /** The documents that an on-failure destination got. */
  readonly documents: OnFailureDocument[] = [];
  readonly #world: World;
  readonly #sandboxes: Sandboxes;
  readonly #engine: EngineCheck;
  readonly #options: DeliveryOptions;
  #invocations = 0;
  #requests = 0;
  #deployment = 0;
  /** Set while the mapping is to be made anew: all slots stop. */
  #ends = false;
  #pass = 0;

  constructor(world: World) {
    const { mapping, lambda } = world.scenario;
    this.#world = world;
    this.windows = new WindowBook(world);
    this.#engine = new EngineCheck(world);
    this.#sandboxes = new Sandboxes(lambda.sandboxes, lambda.managed, (sandbox) =>
      handlerOf(world, sandbox, this.#deployment, (...closed) => this.windows.close(...closed)),
    );
    this.#options = {
      maximumRetryAttempts: mapping.maximumRetryAttempts,
      maximumRecordAgeInSeconds: mapping.maximumRecordAgeInSeconds,
      bisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
      reportBatchItemFailures: mapping.partialResponses,
      functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:copy',
      retryDelayMs: (attempt) => delayMsOf(mapping, attempt),
      now: () => Date.now(),
      requestId: () => `request-${this.#requests++}`,
    };
  }

  /** Delivers everything, and again from the start when the mapping is made anew. */
  async run(): Promise<void> {
    for (;;) {
      this.#ends = false;
      await Promise.all(
        this.#world.shards.filter(({ parent }) => parent === undefined).map((shard) => this.#runLine(shard)),
      );
      if (!this.#ends) return;
      this.#world.history.count('mapping made anew');
      this.#world.history.note('the mapping is made anew at TRIM_HORIZON, and the copy emptied');
      this.#pass++;
      this.#world.journal.rebuild();
      this.#world.journal.mayRepeat = true;
      this.windows.rebuild();
      // Under the old key prefix all records are noted as done.
      this.#deployment++;
      if (this.#world.journal.isIdempotent) this.#sandboxes.deploy();
    }
  }

  /** A sandbox that serves nothing else. */
  newSandbox(): Sandbox {
    return new Sandbox(-1, (sandbox) => handlerOf(this.#world, sandbox, this.#deployment, () => {}));
  }

  /** No sandbox does anything any more. */
  end(): void {
    this.#sandboxes.end();
  }

  async #runLine(shard: ShardPlan): Promise<void> {
    const own = this.#filtered(shard.changes);
    if (this.#world.scenario.fn.entryPoint === 'window') await this.#runWindows(shard, own);
    else {
      const { parallelizationFactor } = this.#world.scenario.mapping;
      const slots = [...Map.groupBy(own, ({ record }) => slotOf(record, parallelizationFactor)).values()];
      if (slots.length > 1) this.#world.history.count('parallel slots');
      await Promise.all(slots.map((changes) => this.#runSlot(shard, changes)));
    }
    if (this.#ends) return;
    const children = this.#world.shards.filter(({ parent }) => parent === shard.id);
    if (children.length > 0) this.#world.history.count('shard was split');
    await Promise.all(children.map((child) => this.#runLine(child)));
  }

  #filtered(changes: readonly Change[]): readonly Change[] {
    const { history, journal, scenario } = this.#world;
    const pattern = patternOf(scenario.mapping.filter);
    const matches = pattern === undefined ? () => true : compilePattern(pattern as never);
    return changes.filter((change) => {
      const passes = matches(change.record as never);
      if (passes !== journal.reference.passesFilter(change))
        history.violate('filter', `change ${change.index} was ${passes ? '' : 'not '}let through`);
      if (!passes) {
        history.count('record filtered');
        journal.filtered(change.index);
      }
      return passes;
    });
  }

  async #runSlot(shard: ShardPlan, changes: readonly Change[]): Promise<void> {
    const { batchSize } = this.#world.scenario.mapping;
    let pass = this.#pass * 1000;
    for (let at = 0; at < changes.length && !this.#ends; ) {
      const batch = changes.slice(at, at + batchSize);
      const records = batch.map(({ record }) => record);
      const decisions = deliverBatch(
        { streamArn: streamOf(records), shardId: shard.id, records },
        this.#options,
      );
      const compared = comparedDelivery(this.#world, shard.id, records, decisions);
      const moved = await this.#carryOut(compared, pass);
      if (moved === 'rewind') {
        pass++;
        const number = this.#invocations;
        at = this.#world.random.below(at + 1, 'rewind to', number);
        this.#world.history.note(`the poller goes back to change ${changes[at]?.index}`);
      } else at += batch.length;
    }
  }

  async #runWindows(shard: ShardPlan, changes: readonly Change[]): Promise<void> {
    const { batchSize, tumblingWindowInSeconds } = this.#world.scenario.mapping;
    const [first] = changes;
    if (first === undefined) return;
    const windows = new TumblingWindows({
      ...this.#options,
      streamArn: streamOf([first.record]),
      shardId: shard.id,
      tumblingWindowInSeconds,
    });
    const pass = this.#pass * 1000;
    for (let at = 0; at < changes.length && !this.#ends; at += batchSize) {
      const records = changes.slice(at, at + batchSize).map(({ record }) => record);
      await this.#carryOut(windows.deliver(records), pass, shard.id);
    }
    if (!this.#ends) await this.#carryOut(windows.close(), pass, shard.id);
  }

  /** Does what the engine decides, until a batch is finished or the poller goes back. */
  async #carryOut(
    decisions: Generator<WindowDecision, void, InvocationResult | undefined>,
    pass: number,
    shardId = '',
  ): Promise<'done' | 'rewind'> {
    const { history, journal } = this.#world;
    let result: InvocationResult | undefined;
    while (!this.#ends) {
      const { value: decision, done } = decisions.next(result);
      if (done) return 'done';
      result = undefined;
      if (decision.type === 'invoked') this.#engine.invoked(decision.requestId, decision.outcome);
      else if (decision.type === 'invoke') {
        this.#engine.invoke(decision);
        const fault = this.#nextFault(decision.window === undefined);
        result = await this.#invoke(decision.records, decision.window, fault, pass);
        if (fault === 'mapping made anew') this.#ends = true;
        if (fault === 'rewind') {
          history.count('poller went back');
          return 'rewind';
        }
      } else if (decision.type === 'retry') {
        history.count(decision.reason === 'failed' ? 'batch retried' : 'invocation throttled');
        await sleep(decision.delayMs);
      } else if (decision.type === 'split') history.count('batch split');
      else if (decision.type === 'discard') {
        history.count(`discarded: ${decision.document.requestContext.condition}`);
        this.#engine.discard(decision);
        this.documents.push(decision.document);
      } else if (decision.type === 'windowClosed') this.windows.closed(shardId, decision);
      else if (decision.type === 'checkpoint') {
        for (const { dynamodb } of decision.records) {
          const index = this.#world.indexOf(dynamodb?.SequenceNumber);
          if (decision.outcome === 'succeeded') journal.succeeded(index, pass);
          else journal.discarded(index);
        }
      }
    }
    return 'done';
  }

  async #invoke(
    records: readonly DynamoDBRecord[],
    fields: object | undefined,
    fault: Fault | undefined,
    pass: number,
  ): Promise<InvocationResult> {
    if (fault === 'throttled') return { type: 'throttled' };
    const number = this.#invocations;
    const { random, scenario } = this.#world;
    const choose = () => this.#sandboxes.choose(random.below(scenario.lambda.sandboxes, 'sandbox', number));
    const deliver = (own: Fault | undefined, offset: number) =>
      invoke(this.#world, choose(), records, fields, own, number + offset, pass);
    if (fault === 'delivered twice') {
      const result = await deliver(undefined, 0);
      this.#deliveredTwice('batch delivered twice');
      await deliver(undefined, 1);
      return result;
    }
    if (fault === 'delivered twice at once') {
      this.#deliveredTwice('batch delivered twice at once');
      const [result] = await Promise.all([deliver(undefined, 0), deliver(undefined, 1)]);
      return result;
    }
    return deliver(fault, 0);
  }

  /** Later batches are not delivered again: a copy may end with an older change. */
  #deliveredTwice(how: string): void {
    this.#world.history.count(how);
    this.#world.journal.mayDiverge = true;
    this.#invocations++;
  }

  #nextFault(mayGoBack: boolean): Fault | undefined {
    const number = ++this.#invocations;
    if (number > MAX_INVOCATIONS) throw new Error('It goes on for ever.');
    const { random, scenario } = this.#world;
    const { faultPercent, faults, troubledInvocations } = scenario.lambda;
    if (number > troubledInvocations || !random.percent(faultPercent, 'invocation', number)) return undefined;
    const fault = random.pick(faults, 'which', number);
    return fault === 'rewind' && !mayGoBack ? undefined : fault;
  }
}

function streamOf(records: readonly DynamoDBRecord[]): string {
  return records[0]?.eventSourceARN ?? '';
}

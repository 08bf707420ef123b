import type { Context } from 'aws-lambda';
import type { Notes } from '../../fixtures/note-store.ts';
import { Random } from '../model/random.ts';
import type { Detached, Scenario } from '../model/scenario.ts';
import { type Change, type ShardPlan, streamOf } from '../model/table.ts';
import { type Halting, monotonicNow } from './clock.ts';
import { Consumers } from './consumers.ts';
import type { History } from './history.ts';
import { type Invocation, Journal } from './journal.ts';
import { Targets } from './targets.ts';

/** Handlers find their invocation in the Lambda context. */
export interface InvocationContext extends Context {
  readonly invocation: Invocation;
  /** A Middy hook throws the answer away. */
  readonly hookThrows: boolean;
}

/** One history while it happens. All sandboxes share it. */
export class World {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly history: History;
  readonly changes: readonly Change[];
  readonly shards: readonly ShardPlan[];
  readonly journal: Journal;
  readonly targets: Targets;
  readonly consumers: Consumers;
  readonly notes: Notes = new Map();
  /** The invocations that a change was in, in their order. */
  readonly #invocations: Map<number, Invocation[]> = new Map();
  /** Routes and changes of which a condition has answered with a promise. */
  readonly unanswered: Set<string> = new Set();
  /** Notes by invocations that had lost their lock to another one: their handlers went on past their deadline. */
  readonly lateNotes: WeakSet<object> = new WeakSet();
  /** Locks of which the sandbox got the answer. Of another one it cannot know. */
  readonly answeredLocks: WeakSet<object> = new WeakSet();
  /** The sandbox that has taken a lock. */
  readonly lockedBy: WeakMap<object, Halting | undefined> = new WeakMap();
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #attempts: Map<string, number> = new Map();

  constructor(scenario: Scenario, history: History) {
    this.scenario = scenario;
    this.history = history;
    this.random = new Random(scenario.seed);
    const { changes, shards } = streamOf(scenario);
    this.changes = changes;
    this.shards = shards;
    this.journal = new Journal(scenario, changes, history);
    this.targets = new Targets(scenario, this.random, history);
    this.consumers = new Consumers(this.random, history);
    this.#indexes = new Map(
      changes.map(({ record, index }) => [record.dynamodb?.SequenceNumber ?? '', index]),
    );
    history.accepted = (target, body, group) => this.#accepted(target, body, group);
    history.requestStarted = (target, bodies) => {
      for (const body of bodies) this.#checkRequest(target, body);
    };
  }

  indexOf(sequenceNumber: string | undefined): number {
    return this.#indexes.get(sequenceNumber ?? '') as number;
  }

  /** Counts attempts at something over the whole history, from 0. */
  nextAttempt(what: string): number {
    const attempt = this.#attempts.get(what) ?? 0;
    this.#attempts.set(what, attempt + 1);
    return attempt;
  }

  /** An invocation begins. */
  begin(invocation: Invocation): void {
    for (const index of invocation.indexes) {
      const known = this.#invocations.get(index);
      if (known === undefined) this.#invocations.set(index, [invocation]);
      else known.push(invocation);
    }
  }

  /** The invocations that a change was in, in their order. */
  invocationsOf(index: number): readonly Invocation[] {
    return this.#invocations.get(index) ?? [];
  }

  /** The invocation of a sandbox that a change is in, and that is not over. */
  openIn(sandbox: Halting, index: number): Invocation | undefined {
    return this.invocationsOf(index).findLast((own) => own.sandbox === sandbox && !own.over);
  }

  #isOver(index: number): boolean {
    const invocations = this.invocationsOf(index);
    return invocations.length > 0 && invocations.every(({ over }) => over);
  }

  #accepted(target: string, body: unknown, group: string | undefined): void {
    this.consumers.deliver(target, body, group);
    const index = this.#indexIn(body);
    if (isWithoutDeadline(body) && this.#isOver(index)) this.journal.mayDiverge = true;
    if (target !== 'letters') return;
    this.history.note(`the letter of change ${index} is accepted`);
    this.journal.deadLettered(
      index,
      this.invocationsOf(index).filter(({ over }) => !over),
    );
  }

  /** Nothing is sent once the time of its record is over, or the invocation has its answer. */
  #checkRequest(target: string, body: unknown): void {
    const index = this.#indexIn(body);
    const invocations = this.invocationsOf(index);
    if (invocations.length === 0 || isWithoutDeadline(body)) return;
    const now = monotonicNow();
    if (this.#isOver(index))
      this.history.violate('12 nothing outside', `change ${index} was sent to ${target} after the answer`);
    // A window counts again in the time that is kept back, and a signal lags behind while code works without waiting.
    else if (
      hasRecord(body) &&
      this.scenario.fn.entryPoint !== 'window' &&
      invocations.every(({ deadlineAt }) => now > deadlineAt)
    )
      this.history.violate('5 deadline', `change ${index} was sent to ${target} after the deadline`);
  }

  /** The change that a message is about: as handlers, `deadLetter` and `auditTrail` write it. */
  #indexIn(body: unknown): number {
    const { index, record, sequenceNumber } = body as {
      readonly index?: number;
      readonly record?: { readonly dynamodb: { readonly SequenceNumber: string } };
      readonly sequenceNumber?: string;
    };
    return index ?? this.indexOf(record?.dynamodb.SequenceNumber ?? String(BigInt(sequenceNumber ?? 0)));
  }
}

/** Tells if a message is sent with its record, which looks at the clock. */
function hasRecord(body: unknown): boolean {
  const { detached = 'no' } = body as { readonly detached?: Detached };
  return detached === 'no';
}

/** Tells if a message is detached, and sent without a signal: then its tries end with the sink's attempts. */
function isWithoutDeadline(body: unknown): boolean {
  return (body as { readonly detached?: Detached }).detached === 'without a signal';
}

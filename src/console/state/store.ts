import type {
  ConsoleEvent,
  ConsoleMessage,
  KeyType,
  NumberRanges,
  RetrySettings,
  ShownRecord,
} from '../protocol/events.ts';
import { numbersIn } from '../protocol/number-ranges.ts';
import { BlockedBatches } from './blocked-batches.ts';
import { Rates } from './charts/rates.ts';
import { FailureGroups } from './failure-groups.ts';
import { endRerun, type Rerun, rerunChanges } from './reruns.ts';
import type { TestOrigin } from './test-file.ts';
import { Timeline } from './timeline/timeline.ts';
import { type RouteSet, Topology } from './topology/topology.ts';

/** How far a change has come. */
export type ChangeStatus =
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'succeeded'
  | 'failed'
  | 'filtered'
  | 'dead-lettered'
  | 'discarded';

/** A change of an item, and what happened to it so far. */
export interface Change {
  readonly record: ShownRecord;
  readonly shardId: string;
  /** When it was read. */
  readonly time: string;
  status: ChangeStatus;
  /** How many invocations have had it. */
  attempts: number;
  /** True once it is among the succeeded or discarded ones of {@link Counts}. */
  isCounted?: true;
  /** The last failure's text. */
  message?: string;
  /** The kind of item, for a table that has several. It is known after the first invocation. */
  entity?: string;
  /** The routes that take it. They are known after the first invocation, if the router is known. */
  routes?: RouteSet;
  /** It was sent to the handler beside the mapping, and is not a change of the item. */
  readonly rerun?: Rerun;
}

/** The counts in the page's head. */
export interface Counts {
  read: number;
  succeeded: number;
  filtered: number;
  discarded: number;
  invocations: number;
  failedInvocations: number;
}

const MAX_CHANGES = 50_000;

/** The page's knowledge: the changes and failures of a run, in bounded memory. */
export class Store {
  readonly #maxChanges: number;
  readonly #byNumber: Map<number, Change> = new Map();
  #changes: Change[] = [];
  #run: string | undefined;
  failures: FailureGroups = new FailureGroups();
  blocked: BlockedBatches = new BlockedBatches();
  /** Undefined until the mapping has started, and without a handler. */
  retries: RetrySettings | undefined;
  /** Invocations are held back. */
  isPaused: boolean = false;
  timeline: Timeline = new Timeline();
  rates: Rates = new Rates();
  topology: Topology = new Topology();
  counts: Counts = noCounts();
  /** How many older events the command does not keep. */
  droppedEvents: number = 0;
  keyNames: readonly string[] = [];
  keyTypes: readonly KeyType[] = [];
  table: string = '';
  /** Undefined if the command only reads the stream: then changes have no status. */
  handler: string | undefined = '';
  /** Where tests find records and handler. Undefined without a handler. */
  origin: TestOrigin | undefined;
  /** The state of the mapping. */
  state: string = '';
  /** The last trouble of the command, such as code that cannot be loaded. */
  notice: string | undefined;

  constructor(maxChanges: number = MAX_CHANGES) {
    this.#maxChanges = maxChanges;
  }

  /** The changes that are kept, in the order in which they were read. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** How many older changes are not kept. */
  get dropped(): number {
    return (this.#changes[0]?.record.number ?? 1) - 1;
  }

  change(number: number): Change | undefined {
    return this.#byNumber.get(number);
  }

  /** Takes events. A message of another run replaces everything. */
  add({ run, dropped, keyNames, events }: ConsoleMessage): void {
    if (run !== this.#run) this.#reset(run);
    this.droppedEvents = dropped;
    this.keyNames = keyNames;
    this.topology.begin(dropped);
    const changeOf = (number: number): Change | undefined => this.#byNumber.get(number);
    const recordOf = (number: number): ShownRecord | undefined => this.#byNumber.get(number)?.record;
    for (const event of events) {
      this.topology.take(event, changeOf);
      this.#take(event);
      this.timeline.take(event, recordOf);
      this.rates.take(event, recordOf);
    }
    const excess = this.#changes.length - this.#maxChanges;
    if (excess > 0) {
      for (const { record } of this.#changes.splice(0, excess)) this.#byNumber.delete(record.number);
    }
  }

  #reset(run: string): void {
    this.#run = run;
    this.#byNumber.clear();
    this.#changes = [];
    this.failures = new FailureGroups();
    this.blocked = new BlockedBatches();
    this.isPaused = false;
    this.timeline = new Timeline();
    this.rates = new Rates();
    this.topology = new Topology();
    this.counts = noCounts();
    this.notice = undefined;
  }

  #take(event: ConsoleEvent): void {
    this.blocked.take(event);
    switch (event.event) {
      case 'started':
        this.table = event.table;
        this.handler = event.handler;
        this.origin = event.importedAs && { ...event, importedAs: event.importedAs };
        this.retries = event.retries;
        this.keyTypes = event.keyTypes ?? [];
        break;
      case 'paused':
      case 'resumed':
        this.isPaused = event.event === 'paused';
        break;
      case 'state':
        this.state = event.state;
        break;
      case 'read':
        this.#read(event.shardId, event.time, event.records);
        break;
      case 'filtered':
        this.counts.filtered += this.#each(event.records, (change) => {
          change.status = 'filtered';
        });
        break;
      case 'invocationStarted':
        this.#each(event.records, (change) => {
          change.status = 'running';
          change.attempts++;
        });
        break;
      case 'invocation':
        this.#invoked(event);
        break;
      case 'retry':
        this.#each(event.records, (change) => {
          if (change.status !== 'failed') change.status = 'retrying';
        });
        break;
      case 'checkpoint':
        this.#passed(event);
        break;
      case 'rerunStarted':
        for (const change of rerunChanges(event)) this.#keep(change);
        break;
      case 'rerun':
        endRerun(event, this.#those(event.records), this.failures);
        break;
      case 'reloaded':
        this.notice = undefined;
        break;
      case 'notLoaded':
        this.notice = `Not reloaded: ${event.message}`;
        break;
      case 'waiting':
        this.notice = 'The handler cannot be loaded. Records wait until it loads again.';
        break;
      case 'stopped':
        this.state = 'Stopped';
        break;
    }
  }

  #read(shardId: string, time: string, records: readonly ShownRecord[]): void {
    this.counts.read += records.length;
    for (const record of records) {
      this.#keep({ record, shardId, time, status: 'waiting', attempts: 0 });
    }
  }

  #keep(change: Change): void {
    this.#changes.push(change);
    this.#byNumber.set(change.record.number, change);
  }

  #those(records: NumberRanges): readonly Change[] {
    return numbersIn(records).flatMap((number) => this.#byNumber.get(number) ?? []);
  }

  #invoked(event: Extract<ConsoleEvent, { event: 'invocation' }>): void {
    const { records, outcome, failures = [], entities = [], time } = event;
    if (outcome !== 'throttled') this.counts.invocations++;
    if (outcome === 'failed') this.counts.failedInvocations++;
    const changes = this.#those(records);
    for (const change of changes) change.status = 'waiting';
    for (const { name, records: ofEntity } of entities) {
      this.#each(ofEntity, (change) => {
        change.entity = name;
      });
    }
    for (const failure of failures) {
      const change =
        changes.length === 1 ? changes[0] : changes.find(({ record }) => record.eventID === failure.eventID);
      this.failures.add(failure, { time, number: change?.record.number });
      if (change === undefined) continue;
      change.message = failure.message;
      change.status = failure.deadLettered ? 'dead-lettered' : 'failed';
    }
  }

  #passed({ records, outcome }: Extract<ConsoleEvent, { event: 'checkpoint' }>): void {
    let repeated = 0;
    const count = this.#each(records, (change) => {
      if (change.status !== 'dead-lettered') change.status = outcome;
      // A mapping that starts again, such as with changed code, can deliver records twice.
      if (change.isCounted) repeated++;
      change.isCounted = true;
    });
    this.counts[outcome] += count - repeated;
  }

  /** Changes the changes that are kept. Returns how many there are, those that are not kept included. */
  #each(records: NumberRanges, apply: (change: Change) => void): number {
    const numbers = numbersIn(records);
    for (const number of numbers) {
      const change = this.#byNumber.get(number);
      if (change !== undefined) apply(change);
    }
    return numbers.length;
  }
}

function noCounts(): Counts {
  return { read: 0, succeeded: 0, filtered: 0, discarded: 0, invocations: 0, failedInvocations: 0 };
}

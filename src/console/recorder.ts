import type { DynamoDBRecord } from 'aws-lambda';
import type { LocalEventSourceMapping } from '../local/event-source-mapping.ts';
import type { InvocationEvent } from '../local/mapping-events.ts';
import { boundedErrors } from './bounded-errors.ts';
import { History, type HistoryLimits } from './history.ts';
import { EVENT_NAMES } from './protocol/event-names.ts';
import type {
  CommandHappening,
  ConsoleEvent,
  EntityRanges,
  FailureText,
  NumberRanges,
  RerunKind,
  RouteRanges,
  RoutesHappening,
  ShownRecord,
} from './protocol/events.ts';
import { plainFields } from './protocol/fields.ts';
import type { Mask } from './protocol/mask.ts';
import { rangesOf } from './protocol/number-ranges.ts';
import { shownRecord } from './protocol/shown-record.ts';
import type { TakingRoutes } from './record-groups.ts';

export interface RecorderOptions {
  readonly mask: Mask;
  /** Leaves out the responses of the handler: a mask cannot find hidden values in them. */
  readonly hidesResponses?: boolean;
  /** Says why the records of an invocation failed. */
  readonly failuresOf: (invocation: InvocationEvent) => readonly FailureText[];
  /** Groups the records of an invocation by their entity. Records without a known one are in no group. */
  readonly entitiesOf?: (invocation: InvocationEvent) => ReadonlyMap<string, readonly DynamoDBRecord[]>;
  /** Groups the records of an invocation by the routes that take them. Records of which that is not known are in no group. */
  readonly routesOf?: (invocation: InvocationEvent) => ReadonlyMap<TakingRoutes, readonly DynamoDBRecord[]>;
  /** Called when code was loaded again. */
  readonly onReloaded?: () => void;
  readonly limits?: HistoryLimits;
}

/** An event with the records that it read, which are written as text only for a page that asks. */
interface Recorded {
  readonly time: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly read?: readonly NumberedRecord[];
}

interface NumberedRecord {
  readonly number: number;
  readonly record: DynamoDBRecord;
  readonly origin: string;
}

/** Events that tell how things stand: the last one of each kind is kept for pages that open late. */
const STANDING: Readonly<Record<string, string>> = {
  started: 'start',
  paused: 'pause',
  resumed: 'pause',
  routes: 'routes',
};

/** An invocation beside the mapping, before it begins. */
export interface RerunStart {
  readonly requestId: string;
  readonly kind: RerunKind;
  readonly records: readonly DynamoDBRecord[];
  /** The numbers of the records that they were made from. */
  readonly of: readonly number[];
}

/** The end of an invocation beside the mapping. */
export interface RerunEnd {
  readonly outcome: 'succeeded' | 'partial' | 'failed' | 'throttled';
  readonly processed: number;
  readonly durationMs: number;
  readonly response: unknown;
  readonly error: unknown;
  readonly failures: readonly FailureText[];
}

// What a server without SizeBytes is assumed to send.
const ASSUMED_BYTES = 1000;

/** Records the events of a run, and numbers its records. A record that is read again keeps its number. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #history: History<Recorded>;
  /** Numbers of the records that the history has, by origin and sequence number: no text is made to find one. */
  readonly #numbers: Map<string, Map<string | undefined, number>> = new Map();
  readonly #standing: Map<string, { readonly id: number; readonly event: Recorded }> = new Map();
  /** The records that the history has, by number. */
  readonly #records: Map<number, DynamoDBRecord> = new Map();
  #lastNumber = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#history = new History(options.limits ?? {}, ({ read = [] }) => {
      for (const { origin, number, record } of read) {
        const ofOrigin = this.#numbers.get(origin);
        ofOrigin?.delete(record.dynamodb?.SequenceNumber);
        if (ofOrigin?.size === 0) this.#numbers.delete(origin);
        this.#records.delete(number);
      }
    });
  }

  /** How many of the oldest events are no longer kept. */
  get dropped(): number {
    return this.#history.dropped;
  }

  /** Records each event of a mapping from now on. */
  follow(mapping: Pick<LocalEventSourceMapping, 'on'>): void {
    mapping.on('read', ({ shardId, records }) => this.#read(shardId, records));
    for (const name of EVENT_NAMES) {
      if (name === 'read') continue;
      mapping.on(name, (event) => {
        const shardId = 'shardId' in event ? event.shardId : '';
        this.#append({
          event: name,
          ...plainFields(event, (records) => this.#rangesOf(shardId, records)),
          ...(name === 'invocation' && this.#outcomeOf(event as InvocationEvent)),
        });
      });
    }
  }

  /** Records an event of the command. */
  tell(happening: CommandHappening | RoutesHappening): void {
    if (happening.event === 'reloaded') this.#options.onReloaded?.();
    this.#append({ ...happening });
  }

  /** Returns a record with all its values, as it was read. Undefined if it is no longer kept. */
  record(number: number): DynamoDBRecord | undefined {
    return this.#records.get(number);
  }

  /**
   * Records the beginning of an invocation beside the mapping. Its records get numbers of their own.
   *
   * @returns the number of the first one; and a function that records the end
   */
  rerun({ requestId, kind, records, of }: RerunStart): {
    readonly first: number;
    readonly ended: (end: RerunEnd) => void;
  } {
    const { read, bytes } = this.#numbered(requestId, records);
    const first = (read[0] as NumberedRecord).number;
    this.#append({ event: 'rerunStarted', requestId, kind, of: rangesOf(of) }, read, bytes);
    return {
      first,
      ended: ({ failures, ...end }) => {
        const fields = { requestId, records, ...end };
        this.#append({
          event: 'rerun',
          ...plainFields(fields, (some) => this.#rangesOf(requestId, some)),
          ...(failures.length > 0 && { failures }),
          ...this.#hidden(),
        });
      },
    };
  }

  /** Returns the events after this id, oldest first, as pages get them: a limited number, but at least one if there is one. */
  after(id: number, maxWeight: number): readonly ConsoleEvent[] {
    const standing = [...this.#standing.values()].filter((kept) => id === 0 && kept.id <= this.dropped);
    const kept = this.#history.after(id, maxWeight);
    return [...standing, ...kept].map(({ id, event }) => this.#written(id, event));
  }

  /** Calls the listener after each event. Returns a function that ends this. */
  onAppend(listener: () => void): () => void {
    return this.#history.onAppend(listener);
  }

  /** The fields of an invocation that the mapping does not know, or that are hidden. */
  #outcomeOf(invocation: InvocationEvent): object {
    const { failuresOf, entitiesOf, routesOf } = this.#options;
    const failures = failuresOf(invocation);
    const entities = [...(entitiesOf?.(invocation) ?? [])].map(
      ([name, records]): EntityRanges => ({ name, records: this.#rangesOf(invocation.shardId, records) }),
    );
    const routes = [...(routesOf?.(invocation) ?? [])].map(
      ([taking, records]): RouteRanges => ({
        ...taking,
        records: this.#rangesOf(invocation.shardId, records),
      }),
    );
    return {
      ...(failures.length > 0 && { failures }),
      ...(entities.length > 0 && { entities }),
      ...(routes.length > 0 && { routes }),
      ...this.#hidden(),
    };
  }

  /** Overwrites the fields of an invocation that are hidden. */
  #hidden(): object {
    return this.#options.hidesResponses === true ? { response: undefined } : {};
  }

  #read(shardId: string, records: readonly DynamoDBRecord[]): void {
    const { read, bytes } = this.#numbered(shardId, records);
    if (read.length > 0) this.#append({ event: 'read', shardId }, read, bytes);
  }

  /**
   * Gives numbers to the records that have none.
   *
   * @param origin the shard, or the request id of an invocation beside the mapping
   */
  #numbered(
    origin: string,
    records: readonly DynamoDBRecord[],
  ): { readonly read: readonly NumberedRecord[]; readonly bytes: number } {
    const read: NumberedRecord[] = [];
    let bytes = 0;
    const numbers = this.#numbers.get(origin) ?? new Map<string | undefined, number>();
    for (const record of records) {
      const sequenceNumber = record.dynamodb?.SequenceNumber;
      // After a pause, records that were not processed are read again.
      if (numbers.has(sequenceNumber)) continue;
      const number = ++this.#lastNumber;
      numbers.set(sequenceNumber, number);
      this.#records.set(number, record);
      read.push({ number, record, origin });
      bytes += record.dynamodb?.SizeBytes ?? ASSUMED_BYTES;
    }
    if (read.length > 0) this.#numbers.set(origin, numbers);
    return { read, bytes };
  }

  #append(
    happened: Readonly<Record<string, unknown>>,
    read: readonly NumberedRecord[] = [],
    itemBytes = 0,
  ): void {
    const fields = boundedErrors(happened);
    const event: Recorded = { time: new Date().toISOString(), fields, ...(read.length > 0 && { read }) };
    // A response can have megabytes.
    const bytes = itemBytes + JSON.stringify(fields).length;
    const id = this.#history.append(event, 1 + read.length, bytes);
    const kind = STANDING[`${fields.event}`];
    if (kind !== undefined) this.#standing.set(kind, { id, event });
  }

  #rangesOf(origin: string, records: readonly DynamoDBRecord[]): NumberRanges {
    const numbers = this.#numbers.get(origin);
    return rangesOf(records.flatMap(({ dynamodb }) => numbers?.get(dynamodb?.SequenceNumber) ?? []));
  }

  #written(id: number, { time, fields, read }: Recorded): ConsoleEvent {
    const { mask } = this.#options;
    const records = read?.map(({ record, number }): ShownRecord => shownRecord(record, number, mask));
    return { id, time, ...fields, ...(records && { records }) } as unknown as ConsoleEvent;
  }
}

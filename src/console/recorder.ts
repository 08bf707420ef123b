import type { DynamoDBRecord } from 'aws-lambda';
import type { LocalEventSourceMapping } from '../local/event-source-mapping.ts';
import type { InvocationEvent } from '../local/mapping-events.ts';
import { History, type HistoryLimits } from './history.ts';
import { EVENT_NAMES } from './protocol/event-names.ts';
import type {
  CommandHappening,
  ConsoleEvent,
  EntityRanges,
  FailureText,
  NumberRanges,
  ShownRecord,
} from './protocol/events.ts';
import { plainFields } from './protocol/fields.ts';
import type { Mask } from './protocol/mask.ts';
import { rangesOf } from './protocol/number-ranges.ts';
import { shownRecord } from './protocol/shown-record.ts';

export interface RecorderOptions {
  readonly mask: Mask;
  /** Says why the records of an invocation failed. */
  readonly failuresOf: (invocation: InvocationEvent) => readonly FailureText[];
  /** Groups the records of an invocation by their entity. Records without a known one are in no group. */
  readonly entitiesOf?: (invocation: InvocationEvent) => ReadonlyMap<string, readonly DynamoDBRecord[]>;
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
  readonly place: string;
}

/** Events that tell how things stand: the last one of each kind is kept for pages that open late. */
const STANDING: Readonly<Record<string, string>> = { started: 'start', paused: 'pause', resumed: 'pause' };

// What a server without SizeBytes is assumed to send.
const ASSUMED_BYTES = 1000;

/** Records the events of a run, and numbers its records. A record that is read again keeps its number. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #history: History<Recorded>;
  /** Numbers of the records that the history has, by shard and sequence number. */
  readonly #numbers: Map<string, number> = new Map();
  readonly #standing: Map<string, { readonly id: number; readonly event: Recorded }> = new Map();
  #lastNumber = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#history = new History(options.limits ?? {}, ({ read = [] }) => {
      for (const { place } of read) this.#numbers.delete(place);
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
  tell(happening: CommandHappening): void {
    if (happening.event === 'reloaded') this.#options.onReloaded?.();
    this.#append({ ...happening });
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

  /** The fields of an invocation that the mapping does not know. */
  #outcomeOf(invocation: InvocationEvent): object {
    const { failuresOf, entitiesOf } = this.#options;
    const failures = failuresOf(invocation);
    const entities = [...(entitiesOf?.(invocation) ?? [])].map(
      ([name, records]): EntityRanges => ({ name, records: this.#rangesOf(invocation.shardId, records) }),
    );
    return { ...(failures.length > 0 && { failures }), ...(entities.length > 0 && { entities }) };
  }

  #read(shardId: string, records: readonly DynamoDBRecord[]): void {
    const read: NumberedRecord[] = [];
    let bytes = 0;
    for (const record of records) {
      const place = placeOf(shardId, record);
      // After a pause, records that were not processed are read again.
      if (this.#numbers.has(place)) continue;
      const number = ++this.#lastNumber;
      this.#numbers.set(place, number);
      read.push({ number, record, place });
      bytes += record.dynamodb?.SizeBytes ?? ASSUMED_BYTES;
    }
    if (read.length > 0) this.#append({ event: 'read', shardId }, read, bytes);
  }

  #append(
    fields: Readonly<Record<string, unknown>>,
    read: readonly NumberedRecord[] = [],
    bytes: number = ASSUMED_BYTES,
  ): void {
    const event: Recorded = { time: new Date().toISOString(), fields, ...(read.length > 0 && { read }) };
    const id = this.#history.append(event, 1 + read.length, bytes);
    const kind = STANDING[`${fields.event}`];
    if (kind !== undefined) this.#standing.set(kind, { id, event });
  }

  #rangesOf(shardId: string, records: readonly DynamoDBRecord[]): NumberRanges {
    const numbers = records.map((record) => this.#numbers.get(placeOf(shardId, record)));
    return rangesOf(numbers.filter((number) => number !== undefined));
  }

  #written(id: number, { time, fields, read }: Recorded): ConsoleEvent {
    const { mask } = this.#options;
    const records = read?.map(({ record, number }): ShownRecord => shownRecord(record, number, mask));
    return { id, time, ...fields, ...(records && { records }) } as unknown as ConsoleEvent;
  }
}

function placeOf(shardId: string, { dynamodb }: DynamoDBRecord): string {
  return `${shardId} ${dynamodb?.SequenceNumber}`;
}

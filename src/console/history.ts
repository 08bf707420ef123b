/** An event in a history. */
export interface Kept<Event> {
  readonly id: number;
  readonly event: Event;
  /** How many events and changes it counts as. */
  readonly weight: number;
  readonly bytes: number;
}

export interface HistoryLimits {
  /** Events and changes that are kept. @defaultValue 50000 */
  readonly maxWeight?: number;
  /** Bytes of items and texts that are kept. @defaultValue 32 MiB */
  readonly maxBytes?: number;
}

/**
 * The last events of a run, in bounded memory: the oldest are dropped. The newest one is always kept.
 */
export class History<Event> {
  readonly #maxWeight: number;
  readonly #maxBytes: number;
  readonly #onDrop: (event: Event) => void;
  #kept: Kept<Event>[] = [];
  /** Entries before this one in the array are dropped. */
  #head = 0;
  #lastId = 0;
  #weight = 0;
  #bytes = 0;
  readonly #listeners: Set<() => void> = new Set();

  constructor(
    { maxWeight = 50_000, maxBytes = 32 * 2 ** 20 }: HistoryLimits,
    onDrop: (event: Event) => void,
  ) {
    this.#maxWeight = maxWeight;
    this.#maxBytes = maxBytes;
    this.#onDrop = onDrop;
  }

  /** How many of the oldest events are dropped. */
  get dropped(): number {
    return this.#lastId - (this.#kept.length - this.#head);
  }

  /** Keeps an event, and drops old ones. Returns the id of the event. */
  append(event: Event, weight: number, bytes: number): number {
    const id = ++this.#lastId;
    this.#kept.push({ id, event, weight, bytes });
    this.#weight += weight;
    this.#bytes += bytes;
    while (
      (this.#weight > this.#maxWeight || this.#bytes > this.#maxBytes) &&
      this.#kept.length - this.#head > 1
    ) {
      this.#drop();
    }
    for (const listener of this.#listeners) listener();
    return id;
  }

  /** Returns the events after this id, oldest first, of a limited weight but at least one. */
  after(id: number, maxWeight: number): readonly Kept<Event>[] {
    const start = this.#head + Math.max(0, id - this.dropped);
    let end = start;
    let weight = 0;
    while (end < this.#kept.length && (end === start || weight < maxWeight)) {
      weight += (this.#kept[end] as Kept<Event>).weight;
      end++;
    }
    return this.#kept.slice(start, end);
  }

  /** Calls the listener after each event. Returns a function that ends this. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #drop(): void {
    const { event, weight, bytes } = this.#kept[this.#head] as Kept<Event>;
    this.#weight -= weight;
    this.#bytes -= bytes;
    this.#head++;
    // Not shift(), which moves all entries each time.
    if (this.#head > 1000 && this.#head * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#head);
      this.#head = 0;
    }
    this.#onDrop(event);
  }
}

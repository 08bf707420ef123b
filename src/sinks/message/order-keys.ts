import type { Entry, Payload } from '../batcher/entry.ts';

/** Who may go, so that of the entries with one key one is under way at a time, in the order that they came in. */
export class OrderKeys<P extends Payload> {
  /** Key -> what waits behind the entry that holds it. */
  readonly #behind: Map<string, Entry<P>[]> = new Map();

  /** Returns true if the entry may be sent now. If not, it waits for its turn. */
  enter(entry: Entry<P>): boolean {
    const key = entry.payload.orderKey;
    if (key === undefined) return true;
    const behind = this.#behind.get(key);
    if (behind === undefined) this.#behind.set(key, []);
    else behind.push(entry);
    return behind === undefined;
  }

  /** Gives the key of an entry that is through to the next that still waits for it. @returns that one, which may go now */
  leave(entry: Entry<P>): Entry<P> | undefined {
    const key = entry.payload.orderKey;
    if (key === undefined) return undefined;
    const behind = this.#behind.get(key) as Entry<P>[];
    let next = behind.shift();
    while (next?.settled) next = behind.shift();
    if (next === undefined) this.#behind.delete(key);
    return next;
  }
}

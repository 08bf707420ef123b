/**
 * Gives each row that is drawn a slot, which is an element of the page. A row keeps its slot while it is drawn. New rows take over the slots
 * of rows that are gone: to change the text of an element costs less than to make another one.
 */
export class RowSlots {
  #slots: ReadonlyMap<number, number> = new Map();
  #count = 0;

  /** Returns the slot of each row. @param keys of the rows that are drawn now */
  of(keys: readonly number[]): readonly number[] {
    const drawn = new Set(keys);
    const free = [...this.#slots].filter(([key]) => !drawn.has(key)).map(([, slot]) => slot);
    let taken = 0;
    const slots = keys.map((key) => this.#slots.get(key) ?? free[taken++] ?? this.#count++);
    this.#slots = new Map(keys.map((key, index) => [key, slots[index] as number]));
    return slots;
  }
}

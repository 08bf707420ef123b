import { RedeliveryMemory } from './redelivery-memory.ts';

/** A memory per handler: another handler has not seen the record. */
export class RedeliveryMemories {
  readonly #memories: WeakMap<object, RedeliveryMemory> = new WeakMap();

  of(handler: object): RedeliveryMemory {
    let memory = this.#memories.get(handler);
    if (memory === undefined) {
      memory = new RedeliveryMemory();
      this.#memories.set(handler, memory);
    }
    return memory;
  }
}

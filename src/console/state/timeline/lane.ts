import type { NumberRanges } from '../../protocol/events.ts';
import type { Invocation, Origin } from './invocation.ts';

/** Records that a later invocation of the lane gets. */
interface Piece {
  readonly records: NumberRanges;
  readonly origin: Origin;
  readonly depth: number;
}

/** The invocations of one slot of a shard, one after the other. */
export class Lane {
  readonly shardId: string;
  readonly slot: number;
  #invocations: Invocation[] = [];
  /** The next piece is the last one, as in the mapping: the left half before the right half. */
  #pieces: Piece[] = [];

  constructor(shardId: string, slot: number) {
    this.shardId = shardId;
    this.slot = slot;
  }

  /** In the order of their starts. None begins before the one before has ended. */
  get invocations(): readonly Invocation[] {
    return this.#invocations;
  }

  get last(): Invocation | undefined {
    return this.#invocations.at(-1);
  }

  add(invocation: Invocation): void {
    this.#invocations.push(invocation);
  }

  /** Forgets the invocations up to this id. */
  drop(id: number): void {
    const kept = this.#invocations.findIndex((invocation) => invocation.id > id);
    this.#invocations = kept === -1 ? [] : this.#invocations.slice(kept);
  }

  /** Expects later invocations with the records of an invocation that has ended: the first piece is delivered first. */
  expect(kind: 'split' | 'rest', { id, depth }: Invocation, ...pieces: readonly NumberRanges[]): void {
    const origin: Origin = { kind, id };
    for (const records of pieces.toReversed()) {
      this.#pieces.push({ records, origin, depth: kind === 'split' ? depth + 1 : depth });
    }
  }

  /** Says from which invocation one with these records follows. */
  placeOf(requestId: string, records: NumberRanges): Pick<Invocation, 'origin' | 'depth'> {
    const { last } = this;
    if (last !== undefined && last.requestId === requestId) {
      return { origin: { kind: 'retry', id: last.id }, depth: last.depth };
    }
    const first = records[0]?.[0];
    // Pieces on top of the right one were discarded: they were too old.
    for (let piece = this.#pieces.pop(); piece !== undefined; piece = this.#pieces.pop()) {
      if (first !== undefined && contains(piece.records, first)) {
        return { origin: piece.origin, depth: piece.depth };
      }
    }
    // A mapping that starts again, such as with changed code, reads records again.
    if (last !== undefined && isUnfinished(last) && first !== undefined && first === last.records[0]?.[0]) {
      return { origin: { kind: 'retry', id: last.id }, depth: 0 };
    }
    return { origin: undefined, depth: 0 };
  }
}

function isUnfinished({ outcome }: Invocation): boolean {
  return outcome !== 'succeeded' && outcome !== 'partial';
}

function contains(ranges: NumberRanges, number: number): boolean {
  return ranges.some(([first, last]) => first <= number && number <= last);
}

import { IdempotencyRecordStatus } from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { NoteStore as PlainNoteStore } from '../../fixtures/note-store.ts';
import { currentSandbox } from '../world/clock.ts';
import type { World } from '../world/world.ts';

/** Longer than any invocation, and than a clock is put back. */
const MAX_LOCK_MS = 60_000;

/** The notes of all sandboxes, with a look at their locks. */
export class NoteStore extends PlainNoteStore {
  readonly #world: World;
  readonly #access: () => Promise<void>;
  /** Key -> how many invocations of this sandbox have taken its lock and not let go of it. */
  readonly #holders: Map<string, number> = new Map();
  /** Keys that this sandbox was refused since it last took their lock. */
  readonly #refused: Set<string> = new Set();

  /** @param access waited for before each access; what it rejects with fails the access */
  constructor(world: World, access: () => Promise<void>) {
    super(world.notes, access);
    this.#world = world;
    this.#access = access;
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    try {
      await super._putRecord(record);
    } catch (error) {
      this.#refused.add(record.idempotencyKey);
      throw error;
    }
    if ((record.inProgressExpiryTimestamp ?? 0) - Date.now() > MAX_LOCK_MS)
      this.#world.history.violate('lock', 'a lock outlasts its invocation');
    // The lock is taken, and its answer may be lost.
    await this.#access();
    // A caller that waited for the lock may have stopped waiting. Such a lock stays, as no delete on condition can remove it.
    if (!this.#refused.delete(record.idempotencyKey)) this.#world.answeredLocks.add(record);
  }

  protected override lock(record: IdempotencyRecord): void {
    this.#world.lockedBy.set(record, currentSandbox());
    this.#holders.set(record.idempotencyKey, this.#holdersOf(record) + 1);
    super.lock(record);
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await super._updateRecord(record);
    this.#letGo(record);
  }

  /** The lock may have ended while the note was under way, and another invocation have taken it. */
  protected override note(record: IdempotencyRecord): void {
    const known = this.#world.notes.get(record.idempotencyKey);
    const isOwn = known === undefined || this.#world.lockedBy.get(known) === currentSandbox();
    if (!isOwn || this.#holdersOf(record) > 1) this.#world.lateNotes.add(record);
    super.note(record);
  }

  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.#checkDelete(record);
    await super._deleteRecord(record);
    this.#letGo(record);
  }

  #holdersOf({ idempotencyKey }: IdempotencyRecord): number {
    return this.#holders.get(idempotencyKey) ?? 0;
  }

  #letGo(record: IdempotencyRecord): void {
    this.#holders.set(record.idempotencyKey, Math.max(0, this.#holdersOf(record) - 1));
  }

  /** A delete may be late. When it is sent the lock is the sandbox's own, or gone. */
  #checkDelete({ idempotencyKey }: IdempotencyRecord): void {
    const { history, lateNotes, lockedBy, notes, scenario } = this.#world;
    const known = notes.get(idempotencyKey);
    // Where the clock is put back, a lock that had ended lasts again.
    if (known === undefined || scenario.lambda.clockJumpMs < 0) return;
    // Nothing is promised where a handler goes on past its deadline: a store has no delete on condition.
    if (lateNotes.has(known)) return;
    if (known.getStatus() === IdempotencyRecordStatus.COMPLETED || lockedBy.get(known) !== currentSandbox())
      history.violate('lock', 'the note of another invocation was deleted');
  }
}

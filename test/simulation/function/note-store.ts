import { IdempotencyRecordStatus } from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { NoteStore as PlainNoteStore } from '../../fixtures/note-store.ts';
import { currentSandbox } from '../world/clock.ts';
import type { World } from '../world/world.ts';

/** Longer than any invocation, and than a clock is put back. */
const MOST_LOCK_MS = 60_000;

/** The notes of all sandboxes, with a look at their locks. */
export class NoteStore extends PlainNoteStore {
  readonly #world: World;
  readonly #access: () => Promise<void>;

  /** @param access waited for before each access; what it rejects with fails the access */
  constructor(world: World, access: () => Promise<void>) {
    super(world.notes, access);
    this.#world = world;
    this.#access = access;
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    this.#world.lockedBy.set(record, currentSandbox());
    await super._putRecord(record);
    if ((record.inProgressExpiryTimestamp ?? 0) - Date.now() > MOST_LOCK_MS)
      this.#world.history.violate('lock', 'a lock outlasts its invocation');
    // The lock is taken, and its answer may be lost.
    await this.#access();
  }

  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.#checkDelete(record);
    await super._deleteRecord(record);
  }

  /** A delete may be late. When it is sent the lock is the sandbox's own, or gone. */
  #checkDelete({ idempotencyKey }: IdempotencyRecord): void {
    const { history, lockedBy, notes, scenario } = this.#world;
    const known = notes.get(idempotencyKey);
    // Where the clock is put back, a lock that had ended lasts again.
    if (known === undefined || scenario.lambda.clockJumpMs < 0) return;
    if (known.getStatus() === IdempotencyRecordStatus.COMPLETED || lockedBy.get(known) !== currentSandbox())
      history.violate('lock', 'the note of another invocation was deleted');
  }
}

import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  IdempotencyRecordStatus,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { currentSandbox, sleep as wait } from '../world/clock.ts';
import type { World } from '../world/world.ts';

/** Longer than any invocation, and than a clock is put back. */
const MOST_LOCK_MS = 60_000;

/** The notes by key. All sandboxes share them. */
export type Notes = Map<string, IdempotencyRecord>;

/** A store of Powertools in memory, with the conditions of its DynamoDB table. */
export class NoteStore extends BasePersistenceLayer {
  readonly #world: World;
  readonly #notes: Notes;
  readonly #access: () => Promise<void>;

  /** @param access waited for before each access; what it rejects with fails the access */
  constructor(world: World, access: () => Promise<void>) {
    super();
    this.#world = world;
    this.#notes = world.notes;
    this.#access = access;
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    await this.#access();
    const known = this.#notes.get(record.idempotencyKey);
    if (known !== undefined && !hasEnded(known)) {
      throw new IdempotencyItemAlreadyExistsError('The key is taken.', known);
    }
    this.#notes.set(record.idempotencyKey, record);
    this.#world.lockedBy.set(record, currentSandbox());
    if ((record.inProgressExpiryTimestamp ?? 0) - Date.now() > MOST_LOCK_MS)
      this.#world.history.violate('lock', 'a lock outlasts its invocation');
    await this.#access();
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await this.#access();
    this.#notes.set(record.idempotencyKey, record);
  }

  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.#checkDelete(record);
    await this.#access();
    this.#notes.delete(record.idempotencyKey);
  }

  /** A delete may be late. When it is sent the lock is the sandbox's own, or gone. */
  #checkDelete({ idempotencyKey }: IdempotencyRecord): void {
    const { history, lockedBy, scenario } = this.#world;
    const known = this.#notes.get(idempotencyKey);
    // Where the clock is put back, a lock that had ended lasts again.
    if (known === undefined || scenario.lambda.clockJumpMs < 0) return;
    if (known.getStatus() === IdempotencyRecordStatus.COMPLETED || lockedBy.get(known) !== currentSandbox())
      history.violate('lock', 'the note of another invocation was deleted');
  }

  protected override async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    await wait(1);
    const known = this.#notes.get(idempotencyKey);
    if (known === undefined) throw new IdempotencyItemNotFoundError('The key is not known.');
    return known;
  }
}

/** Tells if a note has expired, or if the invocation that took a lock has ended. */
function hasEnded(note: IdempotencyRecord): boolean {
  const now = Date.now();
  if ((note.expiryTimestamp ?? Number.POSITIVE_INFINITY) * 1000 < now) return true;
  const lockEnds = note.inProgressExpiryTimestamp ?? Number.POSITIVE_INFINITY;
  return note.getStatus() === IdempotencyRecordStatus.INPROGRESS && lockEnds < now;
}

import type { ShardPosition } from '../../stream/shard-position.ts';
import type { CheckpointFile } from '../checkpoint-file.ts';

/** The position up to which each shard is processed: in memory, and in a file if there is one. */
export class ShardPositions {
  readonly #byShard: Map<string, ShardPosition>;
  readonly #file: CheckpointFile | undefined;

  constructor(positions: Readonly<Record<string, ShardPosition>>, file: CheckpointFile | undefined) {
    this.#byShard = new Map(Object.entries(positions));
    this.#file = file;
  }

  get(shardId: string): ShardPosition {
    return this.#byShard.get(shardId) ?? {};
  }

  isFinished(shardId: string): boolean {
    return this.#byShard.get(shardId)?.finished === true;
  }

  all(): Readonly<Record<string, ShardPosition>> {
    return Object.fromEntries(this.#byShard);
  }

  /** Resolves once it is written down. */
  set(shardId: string, position: ShardPosition): Promise<void> {
    return this.setAll([[shardId, position]]);
  }

  async setAll(positions: readonly (readonly [shardId: string, position: ShardPosition])[]): Promise<void> {
    for (const [shardId, position] of positions) this.#byShard.set(shardId, position);
    await this.write();
  }

  /** Resolves once all positions are written down. Those who come while a write is under way share the one after it. */
  async write(): Promise<void> {
    await this.#file?.save(() => this.all());
  }

  /** Forgets shards that have left the stream. */
  keep(shardIds: ReadonlySet<string>): void {
    for (const shardId of this.#byShard.keys()) if (!shardIds.has(shardId)) this.#byShard.delete(shardId);
  }
}

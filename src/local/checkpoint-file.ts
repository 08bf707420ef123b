import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../errors.ts';
import { isSequenceNumber } from '../record/sequence-number.ts';
import type { ShardPosition } from '../stream/shard-position.ts';

/** A disk that is full, or a scanner that holds the file, is often over by then. */
const RETRY_MS = 100;

/** Positions by shard. */
export type Positions = Readonly<Record<string, ShardPosition>>;

/**
 * Positions of one stream in a file, so that a restart goes on where the last run was.
 *
 * ```json
 * { "version": 1, "streamArn": "arn:aws:dynamodb:...", "shards": { "shardId-1": { "after": "400..." } } }
 * ```
 *
 * The file is replaced as a whole: written beside it, flushed to the disk and renamed, so that a reader finds
 * the old content or the new, whenever the process dies.
 */
export class CheckpointFile {
  readonly #path: string;
  readonly #streamArn: string;
  #locked = false;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(path: string, streamArn: string) {
    this.#path = path;
    this.#streamArn = streamArn;
  }

  /**
   * Locks the file for this process, with a lock file beside it that names the process. Takes over the lock of a killed
   * process. Call it before any record is handled: it also proves that the folder is writable.
   *
   * @throws ConfigurationError `INVALID_CHECKPOINT_FILE` or `MAPPING_CONFLICT`
   */
  lock(): void {
    const lock = this.#lock;
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw this.#unwritable(error);
      this.#takeOver(lock);
    }
    this.#locked = true;
  }

  #takeOver(lock: string): void {
    let holder: number;
    try {
      holder = Number(readFileSync(lock, 'utf8'));
      if (!isOtherProcess(holder)) {
        writeFileSync(lock, `${process.pid}`);
        return;
      }
    } catch (error) {
      throw this.#unwritable(error); // a folder, say, or a file of another user
    }
    throw this.#inUse(holder);
  }

  /** Unlocks the file for other processes. */
  release(): void {
    if (this.#locked) rmSync(this.#lock, { force: true });
    this.#locked = false;
  }

  /**
   * Reads the positions that the last run saved.
   *
   * @returns undefined without a file; `'otherStream'` when it belongs to another stream, such as that of a table
   * that was made again
   * @throws ConfigurationError `INVALID_CHECKPOINT_FILE`
   */
  async read(): Promise<Positions | 'otherStream' | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#invalid('cannot be read', error);
    }
    const { streamArn, shards } = this.#parse(text);
    return streamArn === this.#streamArn ? shards : 'otherStream';
  }

  /** Resolves once the positions, as they are when it is their turn, are on the disk. */
  save(positions: () => Positions): Promise<void> {
    // Those who come while a write is under way share the one after it.
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      const shards = positions();
      const written = this.#write(shards).catch(async () => {
        await sleep(RETRY_MS);
        return this.#write(shards);
      });
      this.#writing = written.catch(() => {}); // thrown to the callers that wait for it
      return written;
    });
    return this.#next;
  }

  async #write(shards: Positions): Promise<void> {
    const beside = `${this.#path}.${process.pid}.tmp`;
    // It shows the state of windows, which is made of items.
    const file = await open(beside, 'w', 0o600);
    try {
      await file.chmod(0o600); // what a process left that was killed may have another mode
      await file.writeFile(
        `${JSON.stringify({ version: 1, streamArn: this.#streamArn, shards }, null, 2)}\n`,
      );
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path);
  }

  #parse(text: string): { streamArn: string; shards: Positions } {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch (error) {
      throw this.#invalid('is not JSON', error);
    }
    if (!isContent(content)) throw this.#invalid('has not the form of a checkpoint file');
    return content;
  }

  get #lock(): string {
    return `${this.#path}.lock`;
  }

  #unwritable(cause: unknown): ConfigurationError {
    return new ConfigurationError(
      'INVALID_CHECKPOINT_FILE',
      `${this.#path} cannot be written: ${(cause as Error).message}. ` +
        'Nothing was handled. Create its folder or correct the permissions, or name another file.',
      { owner: 'startEventSourceMapping', option: 'checkpointFile', cause },
    );
  }

  #inUse(holder: number): ConfigurationError {
    return new ConfigurationError(
      'MAPPING_CONFLICT',
      `the process ${holder} runs an event source mapping with the checkpointFile ${this.#path}. ` +
        `Stop it first, or name another file. If it is another program, delete ${this.#lock}.`,
      { owner: 'startEventSourceMapping' },
    );
  }

  // Never overwritten: it may be a file of the user's, named by mistake.
  #invalid(problem: string, cause?: unknown): ConfigurationError {
    return new ConfigurationError(
      'INVALID_CHECKPOINT_FILE',
      `${this.#path} ${problem}. Delete it to start from startingPosition, or name another file.`,
      { owner: 'startEventSourceMapping', option: 'checkpointFile', cause },
    );
  }
}

function isOtherProcess(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, under another user
  }
}

function isContent(value: unknown): value is { streamArn: string; shards: Positions } {
  if (typeof value !== 'object' || value === null) return false;
  const { version, streamArn, shards } = value as Record<string, unknown>;
  return (
    version === 1 &&
    typeof streamArn === 'string' &&
    typeof shards === 'object' &&
    shards !== null &&
    !Array.isArray(shards) &&
    Object.values(shards).every(isPosition)
  );
}

function isPosition(value: unknown): value is ShardPosition {
  if (typeof value !== 'object' || value === null) return false;
  const { after, since, finished, window } = value as Record<string, unknown>;
  return (
    (window === undefined || isOpenWindow(window)) &&
    (after === undefined || isSequenceNumber(after)) &&
    // JSON has 1e999: every record would be older.
    (since === undefined || Number.isFinite(since)) &&
    (finished === undefined || finished === true)
  );
}

function isOpenWindow(value: unknown): boolean {
  const { start, state } = (value ?? {}) as Record<string, unknown>;
  return typeof start === 'number' && typeof state === 'object' && state !== null;
}

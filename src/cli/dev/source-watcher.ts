import { type FSWatcher, watch } from '../third-party/chokidar.ts';

// Editors write a file in several steps, and save several files at once.
const SETTLE_MS = 50;

/** Watches the files that a handler's code is loaded from. */
export class SourceWatcher {
  readonly #watcher: FSWatcher;
  readonly #files: Set<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange told once of changes that come together */
  constructor(onChange: () => void) {
    this.#watcher = watch([], { ignoreInitial: true });
    this.#watcher.on('all', (event, path) => {
      // A file that comes back, as after a change of branch, is heard of only if it was asked for again.
      if (event === 'unlink') this.#watcher.add(path);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(onChange, SETTLE_MS);
    });
  }

  /** Watches these too. */
  add(files: readonly string[]): void {
    const fresh = files.filter((file) => !this.#files.has(file));
    for (const file of fresh) this.#files.add(file);
    if (fresh.length > 0) this.#watcher.add(fresh);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }
}

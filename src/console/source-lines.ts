import { readFileSync, realpathSync } from 'node:fs';
import { extname } from 'node:path';
import type { SourceLines } from './protocol/events.ts';

const AROUND = 4;
const CODE: ReadonlySet<string> = new Set(['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']);
const MAX_CHARACTERS = 300;

/** A line of a file that the handler's code was loaded from. */
export interface SourcePlace {
  /** Absolute. */
  readonly path: string;
  readonly line: number;
}

/**
 * Reads the lines around the place of an error, as they are when it is thrown for the first time.
 *
 * A stack can contain anything, such as text of an item. So only files are read that the handler's code was loaded from.
 */
export class SourceReader {
  readonly #files: Set<string> = new Set();
  readonly #known: Map<string, SourceLines | undefined> = new Map();

  /** Allows these files. */
  add(files: readonly string[]): void {
    for (const file of files) {
      const path = realPath(file);
      if (path !== undefined && CODE.has(extname(path))) this.#files.add(path);
    }
  }

  /** @param at a file and a line, as in `src/handler.ts:12` */
  linesAt(at: string | undefined): SourceLines | undefined {
    if (at === undefined) return undefined;
    if (!this.#known.has(at)) this.#known.set(at, this.#read(at));
    return this.#known.get(at);
  }

  /**
   * Finds a place in an allowed file.
   *
   * @param at a file and a line, as in `src/handler.ts:12`
   * @returns undefined for other files, and for those that are gone
   */
  placeOf(at: string): SourcePlace | undefined {
    const [, file = '', line = ''] = /^(.+):(\d{1,9})$/.exec(at) ?? [];
    const path = realPath(file);
    return path !== undefined && this.#files.has(path) ? { path, line: Number(line) } : undefined;
  }

  /** The files may have changed. */
  forget(): void {
    this.#known.clear();
  }

  #read(at: string): SourceLines | undefined {
    const place = this.placeOf(at);
    if (place === undefined) return undefined;
    const lines = readFileSync(place.path, 'utf8').split(/\r?\n/);
    const first = Math.max(0, place.line - 1 - AROUND);
    const around = lines.slice(first, place.line + AROUND);
    return { firstLine: first + 1, lines: around.map((text) => text.slice(0, MAX_CHARACTERS)) };
  }
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined; // it is gone
  }
}

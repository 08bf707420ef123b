import { createRequire } from 'node:module';
import { sep } from 'node:path';
import type * as esbuild from 'esbuild';

/** The part of esbuild that streamlane uses. */
export type Esbuild = Pick<typeof esbuild, 'build' | 'version'>;

// Below, `import.meta` cannot be replaced by an expression per file, and globs are not imported.
const OLDEST_MINOR = 19;

/**
 * Finds esbuild: where the module could import it from, where the working directory could, and where streamlane could.
 *
 * @param path the module, absolute
 */
export function findEsbuild(
  path: string,
  places: readonly string[] = [path, `${process.cwd()}${sep}`, import.meta.url],
): Esbuild | null {
  for (const from of places) {
    try {
      const found = createRequire(from)('esbuild') as Esbuild;
      const [major = 0, minor = 0] = found.version.split('.').map(Number);
      if (major > 0 || minor >= OLDEST_MINOR) return found;
    } catch {
      // Perhaps it is installed at the next place.
    }
  }
  return null;
}

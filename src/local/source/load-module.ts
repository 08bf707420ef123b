import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleCode } from './module-code.ts';

/** The exports of a module. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Loads a module from its bundle, or from its source.
 *
 * @param path from the working directory, or absolute
 * @throws what the module throws, and what Node says of it
 */
export async function loadModule(path: string, code: ModuleCode): Promise<Exports> {
  if (code.type === 'source') return import(pathToFileURL(resolve(path)).href);
  // Stacks have the lines of the sources then.
  process.setSourceMapsEnabled(true);
  const { file, format } = code;
  // A module of CommonJS may export anything, and Node finds only some of its names for `import`.
  return format === 'cjs' ? createRequire(file)(file) : import(pathToFileURL(file).href);
}

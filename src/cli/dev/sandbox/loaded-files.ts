import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The files that modules of this thread are loaded from, from now on, without installed packages. Those that are
 * missing are among them, so that the watcher hears of them.
 *
 * Node has no hooks for this before 22.15: then it is the handler's module alone.
 *
 * @param path the handler's module
 */
export function loadedFiles(
  path: string,
  registerHooks: typeof nodeModule.registerHooks | undefined = nodeModule.registerHooks,
): ReadonlySet<string> {
  const files = new Set([path]);
  const add = (url: string): void => {
    if (url.startsWith('file:') && !url.includes('/node_modules/')) files.add(fileURLToPath(url));
  };
  registerHooks?.({
    resolve(specifier, context, next) {
      try {
        const resolved = next(specifier, context);
        add(resolved.url);
        return resolved;
      } catch (error) {
        if (/^\.{0,2}\//.test(specifier) && context.parentURL !== undefined) {
          add(new URL(specifier, context.parentURL).href);
        }
        throw error;
      }
    },
  });
  return files;
}

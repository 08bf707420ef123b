import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from '../../delivery/lambda-handler.ts';
import { ConfigurationError } from '../../errors.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { requireHandler } from './local-function.ts';

// Folders may have a # in their names, and names of exports hardly have a slash.
const MODULE = /^(.+?\.[cm]?[jt]s)(?:#([^#/\\]+))?$/s;

/** `src/handler.ts#handler` names a module; everything else is the name of a deployed function. */
export function isModulePath(handler: string): boolean {
  return MODULE.test(handler);
}

/** The module and the export that {@link isModulePath} accepts. Without a name after `#`, the export is `handler`. */
export function handlerModuleOf(handler: string): { readonly path: string; readonly name: string } {
  const [, path = '', name = 'handler'] = MODULE.exec(handler) as RegExpExecArray;
  return { path, name };
}

/**
 * Imports a handler. Without a name after `#`, its export `handler`.
 *
 * @param handler a path, relative to the working directory
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export async function importHandler(handler: string): Promise<LambdaHandler> {
  const { path, name } = handlerModuleOf(handler);
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const reason = isInstance(cause, Error) ? cause.message : thrownText(cause); // a module may throw anything
    throw new ConfigurationError(
      'INVALID_HANDLER',
      `the handler's module ${path} cannot be imported: ${reason}`,
      { owner: 'startEventSourceMapping', cause },
    );
  }
  const exported = module[name];
  requireHandler(exported, `the export ${name} of ${path}`);
  return exported;
}

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from '../../delivery/lambda-handler.ts';
import { ConfigurationError } from '../../errors.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { requireHandler } from './local-function.ts';

const MODULE = /^[^#]+\.[cm]?[jt]s(?:#[^#]+)?$/;

/** `src/handler.ts#handler` names a module; everything else is the name of a deployed function. */
export function isModulePath(handler: string): boolean {
  return MODULE.test(handler);
}

/**
 * Imports a handler. Without a name after `#`, its export `handler`.
 *
 * @param handler a path, relative to the working directory
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export async function importHandler(handler: string): Promise<LambdaHandler> {
  const [path, name = 'handler'] = handler.split('#') as [path: string, name?: string];
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

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../errors.ts';
import { importHandler, isModulePath } from '../local/handler/handler-module.ts';
import type { LambdaHandler } from '../local/handler/local-function.ts';
import { usageError } from './cli-error.ts';

/**
 * Imports the handler that `module#export` names. TypeScript loads as it is: Node strips the types.
 *
 * @param handler relative to the working directory; without an export, `handler`
 * @throws CliError with what to correct
 */
export async function loadHandler(handler: string): Promise<LambdaHandler> {
  requireModulePath(handler);
  try {
    return await importHandler(handler);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw error.cause === undefined ? await notExported(handler, error) : notImported(handler, error.cause);
  }
}

/**
 * Refuses what cannot be the module of a handler, before anything is started for it.
 *
 * @throws CliError
 */
export function requireModulePath(handler: string): void {
  if (!isModulePath(handler)) {
    throw usageError(
      `${handler} names no handler. Name a module and its export, such as src/handler.ts#handler.`,
    );
  }
  const path = pathOf(handler);
  if (!existsSync(path))
    throw usageError(`There is no file ${path}. Paths are relative to ${process.cwd()}.`);
}

function pathOf(handler: string): string {
  return handler.replace(/#.*$/, '');
}

async function notExported(handler: string, error: ConfigurationError): Promise<Error> {
  const path = pathOf(handler);
  const [, name = 'handler'] = handler.split('#');
  const module: Record<string, unknown> = await import(pathToFileURL(resolve(path)).href);
  if (name in module) return usageError(error.message.replace(/^start\w+: /, ''), error);
  const functions = Object.keys(module).filter((key) => typeof module[key] === 'function');
  const remedy =
    functions.length === 0
      ? 'It exports no function.'
      : `It exports ${functions.join(', ')}: use ${path}#${functions[0]}.`;
  return usageError(`${path} has no export ${name}. ${remedy}`, error);
}

function notImported(handler: string, cause: unknown): Error {
  const path = pathOf(handler);
  const { code, message = String(cause), name, stack = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return usageError(
      `This Node, ${process.versions.node}, does not load TypeScript. Use 22.18 or later.`,
      cause,
    );
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return usageError(
      `${path} cannot be imported: ${message}. Correct the import, or install what it needs.`,
      cause,
    );
  }
  if (name === 'SyntaxError') {
    // Node writes where it is in front of the stack: `file:///app/handler.ts:3`.
    const at = /^(?:file:\/\/)?(\/.+:\d+)$/m.exec(stack)?.[1];
    return usageError(
      `${path} cannot be read: ${message}${at === undefined ? '' : ` (${at})`}. Correct the syntax.`,
      cause,
    );
  }
  return usageError(`${path} throws when it is imported: ${message}. --verbose shows where.`, cause);
}

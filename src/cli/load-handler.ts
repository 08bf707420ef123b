import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { isModulePath } from '../local/handler/handler-module.ts';
import { requireHandler } from '../local/handler/local-function.ts';
import { usageError } from './errors/cli-error.ts';

/**
 * Imports the handler that `module#export` names. TypeScript loads without a build: Node strips the types.
 *
 * @param handler relative to the working directory; without an export, `handler`
 * @throws CliError with what to correct; ConfigurationError `INVALID_HANDLER` when Lambda would refuse it
 */
export async function loadHandler(handler: string): Promise<LambdaHandler> {
  const exported = await loadExport(handler);
  const [path, name = 'handler'] = handler.split('#');
  requireHandler(exported, `the export ${name} of ${path}`);
  return exported;
}

/**
 * Imports what `module#export` names.
 *
 * @throws CliError with what to correct
 */
export async function loadExport(handler: string): Promise<unknown> {
  requireModulePath(handler);
  const [path = '', name = 'handler'] = handler.split('#');
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    throw await notImported(path, cause);
  }
  if (!(name in module)) throw notExported(path, name, module);
  return module[name];
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
  const path = handler.replace(/#.*/, '');
  if (!existsSync(path))
    throw usageError(`There is no file ${path}. Paths are relative to ${process.cwd()}.`);
}

function notExported(path: string, name: string, module: Readonly<Record<string, unknown>>): Error {
  const [first, ...others] = Object.keys(module).filter((key) => typeof module[key] === 'function');
  const remedy =
    first === undefined
      ? 'It exports no function.'
      : `It exports ${[first, ...others].join(', ')}: use ${path}#${first}.`;
  return usageError(`${path} has no export ${name}. ${remedy}`);
}

/** What to tell of a module that cannot be imported. */
export async function notImported(path: string, cause: unknown): Promise<Error> {
  const {
    code,
    name,
    stack,
    message: text = thrownText(cause),
  } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  // A sentence goes on behind it.
  const message = `${text}`.replace(/\.$/, '');
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
    const at = placeIn(`${stack}`) ?? (await placeOfSyntaxError(path));
    return usageError(
      `${path} cannot be read: ${message}${at === undefined ? '' : ` (${at})`}. Correct the syntax.`,
      cause,
    );
  }
  return usageError(`${path} throws when it is imported: ${message}. --verbose shows where.`, cause);
}

/** Where Node says that a syntax error is: on a line of its own, above the code. */
function placeIn(text: string): string | undefined {
  return /^(?:file:\/\/)?(\S+:\d+)$/m.exec(text)?.[1];
}

/** Of JavaScript, the error itself does not say it; Node prints it for what it checks. */
async function placeOfSyntaxError(path: string): Promise<string | undefined> {
  return promisify(execFile)(process.execPath, ['--check', path]).then(
    () => undefined, // it is in a module that this one imports
    ({ stderr }: { readonly stderr: string }) => placeIn(stderr),
  );
}

import { existsSync } from 'node:fs';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { isInstance } from '../failure/content-free-cause.ts';
import { thrownText } from '../failure/thrown-text.ts';
import { handlerModuleOf, isModulePath } from '../local/handler/handler-module.ts';
import { requireHandler } from '../local/handler/local-function.ts';
import { BundleError, type PreparedModule, prepareModule } from '../local/source/bundle.ts';
import { type Exports, loadModule } from '../local/source/load-module.ts';
import type { ModuleCode } from '../local/source/module-code.ts';
import { failure, usageError } from './errors/cli-error.ts';
import { notImported } from './errors/not-imported.ts';

/**
 * Loads the handler that `module#export` names. With esbuild, its module is bundled as for Lambda; without, Node strips the
 * types.
 *
 * @param handler relative to the working directory; without an export, `handler`
 * @param code what its module was prepared as
 * @throws CliError with what to correct; ConfigurationError `INVALID_HANDLER` when Lambda would refuse it
 */
export async function loadHandler(handler: string, code?: ModuleCode): Promise<LambdaHandler> {
  const exported = await loadExport(handler, code);
  const { path, name } = handlerModuleOf(handler);
  requireHandler(exported, `the export ${name} of ${path}`);
  return exported;
}

/** A kind of export. The error about a missing export names those of its kind. */
export interface ExportKind {
  /** As in "It exports no function." */
  readonly noun: string;
  fits(value: unknown): boolean;
}

const A_FUNCTION: ExportKind = { noun: 'function', fits: (value) => typeof value === 'function' };

/**
 * Loads what `module#export` names.
 *
 * @throws CliError with what to correct
 */
export async function loadExport(
  handler: string,
  code?: ModuleCode,
  kind: ExportKind = A_FUNCTION,
): Promise<unknown> {
  return (await loadExports(handler, code, kind)).exported;
}

/** {@link loadExport}, with all exports of the module. @throws CliError with what to correct */
export async function loadExports(
  handler: string,
  code?: ModuleCode,
  kind: ExportKind = A_FUNCTION,
): Promise<{ readonly exported: unknown; readonly exports: Exports }> {
  requireModulePath(handler);
  const { path, name } = handlerModuleOf(handler);
  const exports = code === undefined ? await prepareAndLoad(path) : await load(path, code);
  return { exported: name in exports ? exports[name] : refuseExport(path, name, exports, kind), exports };
}

/**
 * Bundles the module of a handler, if esbuild is installed.
 *
 * @throws CliError with what to correct
 */
export async function prepareHandler(handler: string): Promise<PreparedModule> {
  const { path } = handlerModuleOf(handler);
  try {
    return await prepareModule(path);
  } catch (cause) {
    if (isInstance(cause, BundleError)) throw await notImported(path, cause);
    // The module has not run: its working directory is gone, for example.
    throw failure(`${path} cannot be prepared: ${thrownText(cause)}.`, cause);
  }
}

async function prepareAndLoad(path: string): Promise<Exports> {
  const { code, remove } = await prepareHandler(path);
  try {
    return await load(path, code);
  } finally {
    remove();
  }
}

async function load(path: string, code: ModuleCode): Promise<Exports> {
  try {
    return await loadModule(path, code);
  } catch (cause) {
    throw await notImported(path, cause, code);
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
      `${handler} is not a handler. Name a module and its export, such as src/handler.ts#handler.`,
    );
  }
  const { path } = handlerModuleOf(handler);
  if (!existsSync(path))
    throw usageError(`There is no file ${path}. Paths are relative to ${process.cwd()}.`);
}

function refuseExport(path: string, name: string, module: Exports, { noun, fits }: ExportKind): never {
  const [first, ...others] = Object.keys(module).filter((key) => fits(module[key]));
  const remedy =
    first === undefined
      ? `It exports no ${noun}.`
      : `It exports ${[first, ...others].join(', ')}: use ${path}#${first}.`;
  throw usageError(`${path} has no export ${name}. ${remedy}`);
}

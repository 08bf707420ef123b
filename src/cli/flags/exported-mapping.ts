import { handlerModuleOf, isModulePath } from '../../local/handler/handler-module.ts';
import { isRouterMapping } from '../../mapping/is-router-mapping.ts';
import type { RouterMapping } from '../../mapping/router-mapping.ts';
import { usageError } from '../errors/cli-error.ts';
import { type ExportKind, loadExport } from '../load-handler.ts';

/**
 * Gives the mapping that a module exports.
 *
 * @param handler `module#export`, or a module
 * @param mapping `module#export`, or the export of the handler's module that is the mapping. A module without an export: `mapping`.
 * @throws CliError
 */
export async function exportedMapping(handler: string, mapping: string): Promise<RouterMapping> {
  const { path, name } = sourceOf(handler, mapping);
  const exported = await loadExport(`${path}#${name}`, undefined, MAPPING);
  if (isRouterMapping(exported)) return exported;
  throw usageError(`The export ${name} of ${path} is not a mapping. Export what eventSourceMapping returns.`);
}

const MAPPING: ExportKind = { noun: 'mapping', fits: isRouterMapping };

function sourceOf(handler: string, mapping: string): { readonly path: string; readonly name: string } {
  if (!isModulePath(mapping)) return { path: handlerModuleOf(handler).path, name: mapping };
  const { path, name } = handlerModuleOf(mapping);
  return { path, name: mapping === path ? 'mapping' : name };
}

/** Checks if only the template knows the on-failure destination of a mapping: its options have none then. */
export function isDestinationElsewhere({ properties, options }: RouterMapping): boolean {
  return properties.DestinationConfig !== undefined && options.destinationConfig === undefined;
}

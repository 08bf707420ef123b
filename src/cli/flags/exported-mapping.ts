import { handlerModuleOf } from '../../local/handler/handler-module.ts';
import { isRouterMapping } from '../../mapping/is-router-mapping.ts';
import type { RouterMapping } from '../../mapping/router-mapping.ts';
import { usageError } from '../errors/cli-error.ts';
import { loadExport } from '../load-handler.ts';

/**
 * Gives the mapping that the module of a handler exports.
 *
 * @param handler `module#export`, or a module
 * @param name the export that is the mapping
 * @throws CliError
 */
export async function exportedMapping(handler: string, name: string): Promise<RouterMapping> {
  const { path } = handlerModuleOf(handler);
  const exported = await loadExport(`${path}#${name}`);
  if (isRouterMapping(exported)) return exported;
  throw usageError(`The export ${name} of ${path} is not a mapping. Export what eventSourceMapping returns.`);
}

/** Tells if only the template knows the on-failure destination of a mapping: its options have none then. */
export function isDestinationElsewhere({ properties, options }: RouterMapping): boolean {
  return properties.DestinationConfig !== undefined && options.destinationConfig === undefined;
}

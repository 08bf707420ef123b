import { handlerModuleOf } from '../../local/handler/handler-module.ts';
import { isRouterMapping } from '../../mapping/is-router-mapping.ts';
import type { EventSourceMappingOptions } from '../../mapping/options.ts';
import { usageError } from '../errors/cli-error.ts';
import { loadExport } from '../load-handler.ts';

/**
 * Gives the options of a mapping that the module of a handler exports.
 *
 * @param handler `module#export`, or a module
 * @param name the export that is the mapping
 * @throws CliError
 */
export async function exportedOptions(handler: string, name: string): Promise<EventSourceMappingOptions> {
  const { path } = handlerModuleOf(handler);
  const exported = await loadExport(`${path}#${name}`);
  if (isRouterMapping(exported)) return exported.options;
  throw usageError(`The export ${name} of ${path} is not a mapping. Export what eventSourceMapping returns.`);
}

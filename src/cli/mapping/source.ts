import { metadataOf, type RoutedHandler } from '../../batch/handler-metadata.ts';
import { isModulePath } from '../../local/handler/handler-module.ts';
import { eventSourceMapping } from '../../mapping/event-source-mapping.ts';
import { isRouterMapping } from '../../mapping/is-router-mapping.ts';
import type { RouterMapping, RouterMappingOptions, TemplateReference } from '../../mapping/router-mapping.ts';
import { usageError } from '../errors/cli-error.ts';
import { jsonProblem } from '../errors/json-problem.ts';
import { flagOf } from '../flags/flag-of.ts';
import { type MappingFlags, readMappingFlags } from '../flags/mapping-flags.ts';
import { ROUTER_OR_MAPPING } from '../flags/router-export.ts';
import { loadExport } from '../load-handler.ts';
import type { CliIo } from '../terminal/io.ts';
import { readDeclarations } from './declarations.ts';

/** The flags for the options of a mapping. */
export interface MappingSourceFlags extends MappingFlags {
  readonly filters?: boolean;
  readonly function?: string;
  readonly stream?: string;
  readonly name?: string;
}

/** A mapping, with what its source says of it besides. */
export interface SourceMapping {
  readonly name: string;
  readonly mapping: RouterMapping;
  /** Undefined where the source does not say it. */
  readonly functionName: TemplateReference | undefined;
  readonly streamArn: TemplateReference | undefined;
  /** The origin of the mapping. Undefined for one that was made elsewhere. */
  readonly router?: { readonly options: RouterMappingOptions; readonly conditions: readonly unknown[] };
}

/**
 * Reads the mappings of a source.
 *
 * @param source `module#export`, or a file that declares mappings
 * @throws CliError, ConfigurationError
 */
export async function readSource(
  source: string,
  flags: MappingSourceFlags,
  io: CliIo,
): Promise<readonly SourceMapping[]> {
  const given = givenOptions(flags);
  if (/\.(?:ya?ml|json)$/.test(source)) {
    const { function: functionName, stream, name } = flags;
    const target = Object.entries({ function: functionName, stream, name }).filter(
      ([, value]) => value !== undefined,
    );
    refuseOptions({ ...given, ...Object.fromEntries(target) }, `${source} declares mappings itself`);
    return readDeclarations(source, io);
  }
  if (!isModulePath(source)) {
    throw usageError(
      `${source} is neither a module nor declarations. Name a module and its export, such as src/handler.ts#handler, ` +
        'or a file that declares mappings, whose name ends in .yaml, .yml or .json.',
    );
  }
  const exported = await loadExport(source, undefined, ROUTER_OR_MAPPING);
  return [
    {
      ...mappingOf(source, exported, given),
      name: flags.name ?? 'Stream',
      functionName: reference('--function', flags.function),
      streamArn: reference('--stream', flags.stream),
    },
  ];
}

/** The options that were typed. A switch that is on says nothing: it is the default. */
function givenOptions(flags: MappingSourceFlags): RouterMappingOptions {
  const options = { ...readMappingFlags(flags, {}), ...(flags.filters === false && { filters: false }) };
  const entries = Object.entries(options).filter(([, value]) => value !== true);
  return Object.fromEntries(entries) as unknown as RouterMappingOptions;
}

function mappingOf(
  source: string,
  exported: unknown,
  options: RouterMappingOptions,
): Pick<SourceMapping, 'mapping' | 'router'> {
  if (isRouterMapping(exported)) {
    refuseOptions(options, `${source} is a mapping, which has its own options`);
    return { mapping: exported };
  }
  if (options.startingPosition === undefined) {
    throw usageError('--starting-position is needed: TRIM_HORIZON or LATEST.');
  }
  const mapping = eventSourceMapping(exported as RoutedHandler, options);
  // eventSourceMapping has refused what carries no metadata.
  const { routes } = metadataOf(exported) as NonNullable<ReturnType<typeof metadataOf>>;
  return { mapping, router: { options, conditions: routes.map(({ condition }) => condition) } };
}

function refuseOptions(given: object, why: string): void {
  const [name] = Object.keys(given);
  if (name === undefined) return;
  throw usageError(`${flagOf(name)} is for a router: ${why}. Leave the flag out.`);
}

/** Reads a flag that may be an object of a template. */
function reference(flag: string, text: string | undefined): TemplateReference | undefined {
  if (text === undefined || !text.startsWith('{')) return text;
  try {
    return JSON.parse(text) as TemplateReference;
  } catch (cause) {
    throw usageError(
      `${flag} is not JSON: ${jsonProblem(text, cause)}. Quote it for the shell: '{...}'.`,
      cause,
    );
  }
}

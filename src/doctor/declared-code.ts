import { type HandlerMetadata, metadataOf, type RoutedHandler } from '../batch/handler-metadata.ts';
import { eventSourceMapping } from '../mapping/event-source-mapping.ts';
import { isRouterMapping } from '../mapping/is-router-mapping.ts';
import type { RouterMapping } from '../mapping/router-mapping.ts';
import { environmentNames } from '../options/env.ts';
import { targetOf } from '../sinks/sink-target.ts';

/** The code of a function, as far as its module tells. */
export interface DeclaredCode {
  /** `module#export`, as it was named. */
  readonly source: string;
  /** The metadata of the router. Undefined for other exports, such as a handler of Middy or a mapping. */
  readonly metadata: HandlerMetadata | undefined;
  /** The mapping that the router gives, or the one that the module exports. Undefined for other exports. */
  readonly mapping: RouterMapping | undefined;
  /** True if the export is a mapping, with the options that it is to be deployed with. */
  readonly isOwnMapping: boolean;
  /** The number of parameters of the handler. Undefined for a mapping. */
  readonly parameters: number | undefined;
  /** The variables that `env()` names. */
  readonly environment: readonly string[];
  /** The sinks that the module exports, with the names of their exports. */
  readonly sinks: readonly { readonly name: string; readonly sink: unknown }[];
}

/**
 * Derives what code needs from an export of its module.
 *
 * @param exported a router, a window, what `eventSourceMapping` returned, or any handler
 * @param exports all exports of the module
 * @returns undefined for other values
 */
export function declaredCode(
  source: string,
  exported: unknown,
  exports: Readonly<Record<string, unknown>>,
): DeclaredCode | undefined {
  const isOwnMapping = isRouterMapping(exported);
  if (!isOwnMapping && typeof exported !== 'function') return undefined;
  const metadata = metadataOf(exported);
  return {
    source,
    metadata,
    mapping: isOwnMapping ? exported : metadata && mappingOf(exported as RoutedHandler, metadata),
    isOwnMapping,
    parameters: isOwnMapping ? undefined : (exported as { readonly length: number }).length,
    environment: environmentNames(),
    sinks: Object.keys(exports).flatMap((name) => sinkNamed(name, exports)),
  };
}

/** The export, if it is a sink of ours. One that throws when it is read, such as a proxy, is none. */
function sinkNamed(name: string, exports: Readonly<Record<string, unknown>>): DeclaredCode['sinks'] {
  try {
    const sink = exports[name];
    return targetOf(sink) === undefined ? [] : [{ name, sink }];
  } catch {
    return [];
  }
}

/** The part of the mapping that follows from the routes. A window needs a length, whatever it is. */
function mappingOf(router: RoutedHandler, { kind }: HandlerMetadata): RouterMapping {
  return eventSourceMapping(router, {
    startingPosition: 'LATEST',
    ...(kind === 'window' && { tumblingWindowInSeconds: 60 }),
  });
}

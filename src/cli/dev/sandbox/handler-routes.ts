import { createHash } from 'node:crypto';
import type { HandlerMetadata } from '../../../batch/handler-metadata.ts';
import type { HandlerRoutes, RouteText } from '../../../console/protocol/routes.ts';
import type { Exports } from '../../../local/source/load-module.ts';
import { conditionWords } from '../../../mapping/condition-words.ts';
import { readMetadata } from './readable-exports.ts';

/** Characters of a condition that the page gets. */
const MAX_WORDS = 500;

/** A handler with its routes: what to show, and the router that has them. */
export interface ReadHandler {
  readonly routes: HandlerRoutes;
  /** Undefined if the routes are not known. */
  readonly router: HandlerMetadata | undefined;
}

/**
 * Reads the routes of a handler. If something wraps the router, such as Middy, the handler does not tell them. Then a router that the module
 * exports besides is read, if it is the only one.
 *
 * @param exports all exports of the handler's module
 */
export function readHandler(handler: unknown, exports: Exports): ReadHandler {
  const own = readMetadata(handler);
  if (own !== undefined) return described(own, []);
  const named = new Map<HandlerMetadata, string>();
  for (const [name, exported] of Object.entries(exports)) {
    const metadata = readMetadata(exported);
    if (metadata !== undefined && !named.has(metadata)) named.set(metadata, name);
  }
  const [only] = named.keys();
  const names = [...named.values()];
  return described(named.size === 1 ? only : undefined, names);
}

function described(metadata: HandlerMetadata | undefined, exported: readonly string[]): ReadHandler {
  const facts = { kind: metadata?.kind ?? 'unknown', exported, ...factsOf(metadata) } as const;
  // The same for the same routes, so that counts go on when other code of the handler changes.
  const routesId = createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 12);
  return { routes: { routesId, ...facts }, router: metadata?.kind === 'router' ? metadata : undefined };
}

function factsOf(
  metadata: HandlerMetadata | undefined,
): Omit<HandlerRoutes, 'routesId' | 'kind' | 'exported'> {
  if (metadata?.kind !== 'router') return { entities: [], routes: [] };
  const { settings, layers, routes } = metadata;
  return {
    lanes: settings.concurrency,
    order: settings.order,
    middlewares: layers.length,
    entities: settings.table?.['~entities']?.names ?? [],
    routes: routes.map(
      ({ eventName, entity, condition }): RouteText => ({
        eventName,
        ...(entity !== undefined && { entity }),
        ...(condition !== undefined && { condition: shortened(conditionWords(condition)) }),
      }),
    ),
  };
}

function shortened(words: string): string {
  return words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS).toWellFormed()}…`;
}

import type { HandlerMetadata } from '../../batch/handler-metadata.ts';
import type { MappingWarning, RouteFilter } from '../router-mapping.ts';
import { patternText, routeFilters } from './route-filters.ts';
import { refuseRouted, unfilteredWarning } from './unfiltered-middleware.ts';

/** Filters that are derived from a router, as the options of a mapping take them. */
export interface DerivedFilterCriteria {
  readonly filters: readonly { readonly pattern: string }[];
  readonly routes: readonly RouteFilter[];
  readonly warnings: readonly MappingWarning[];
}

/**
 * Derives the filters of a router. None where it has to get every record: a warning then says why.
 *
 * @throws ConfigurationError `INVALID_OPTION` for an audit trail that was added with `needs: 'routed'`
 */
export function derivedFilters(metadata: HandlerMetadata): DerivedFilterCriteria {
  const { kind, settings, routes, needs } = metadata;
  // A window counts every record, and AWS refuses filters beside it.
  // A router of middlewares alone, such as an audit trail, is meant to get every record.
  if (kind === 'window' || (routes.length === 0 && needs.includes('all'))) {
    return { filters: [], routes: [], warnings: [] };
  }
  refuseRouted(metadata);
  const warning = reasonForNone();
  if (warning !== undefined) {
    return {
      filters: [],
      routes: unfilteredRoutes(metadata),
      warnings: [warning],
    };
  }
  const { table } = settings;
  const entities = table?.['~entities'];
  const derived = routeFilters({
    routes,
    viewType: settings.viewType,
    keys: table?.keys,
    numbers: { areText: settings.numbers !== 'number' && settings.numbers !== 'exact' },
    matchOf: entities && ((name) => entities.matchOf(name)),
  });
  return {
    filters: derived.patterns.map((pattern) => ({ pattern: patternText(pattern) })),
    routes: derived.routes,
    warnings: derived.precision === 'values' ? [] : [widened(derived.precision)],
  };

  function reasonForNone(): MappingWarning | undefined {
    if (routes.length === 0) {
      return {
        code: 'NO_ROUTES',
        message:
          'The router has no routes, so no filter is derived. Call eventSourceMapping after the last route.',
      };
    }
    const unfiltered = unfilteredWarning(metadata);
    if (unfiltered !== undefined) return unfiltered;
    if (settings.unknownEntity === 'fail') {
      return {
        code: 'FILTERS_OFF_BY_UNKNOWN_ENTITY',
        message:
          "With unknownEntity: 'fail', records of no entity have to reach the router, so no filter is derived.",
      };
    }
    return undefined;
  }
}

/** The routes of a router for which no filter is derived. */
export function unfilteredRoutes({ routes }: Pick<HandlerMetadata, 'routes'>): readonly RouteFilter[] {
  return routes.map(({ eventName, entity }) => ({ eventName, entity, patterns: undefined }));
}

function widened(precision: string): MappingWarning {
  return {
    code: 'FILTERS_WIDENED',
    message:
      `The filters test only the ${precision}. Narrower filters would exceed AWS's limits of 5 filters and 4,096 ` +
      'characters, or need the name of a key that a filter cannot express.',
  };
}

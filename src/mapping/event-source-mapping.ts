import { type HandlerMetadata, metadataOf, type RoutedHandler } from '../batch/handler-metadata.ts';
import { ConfigurationError } from '../errors.ts';
import { BOOLEAN, isMembers } from '../options/check.ts';
import { rejectUnknownOptions, requireOption } from '../options/check-options.ts';
import { environmentNames } from '../options/env.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { inCamelCase, inPascalCase, mappingOptions } from './aws-names.ts';
import { derivedFilters, unfilteredRoutes } from './derived/derived-filters.ts';
import {
  type EventSourceMappingOptions,
  MAPPING_OPTION_NAMES,
  type MappingSettings,
  mappingSettings,
} from './options.ts';
import type { MappingWarning, RouterMapping, RouterMappingOptions } from './router-mapping.ts';

const OWNER = 'eventSourceMapping';

const NO_DESTINATION = { destinationConfig: undefined };

/** Half a day. */
const RECORD_AGE_SECONDS = 43_200;

/**
 * Derives the event source mapping of a router from its routes, conditions, middleware and options.
 *
 * - `FunctionResponseTypes` is set unless the router has `partialResponses: false`.
 * - Filters keep records from the function that no route takes. They never drop one that a route, a middleware or a
 *   configuration error of the router would have seen. A router whose middleware needs every record gets none.
 * - Defaults: `bisectBatchOnFunctionError: true`, and with a destination `maximumRecordAgeInSeconds: 43200`. A permission that is
 *   missing for an hour discards nothing then, and what cannot succeed is described while the stream still has it.
 * - The router takes no further routes or middleware afterwards: the filters would drop their records.
 *
 * @param router what `streamRouter` or `streamWindow` made. What Middy or `processBatch` makes of it carries no routes: export both.
 * @throws ConfigurationError `INVALID_HANDLER`, `UNKNOWN_OPTION`, `INVALID_OPTION`, also for an audit trail with `needs: 'routed'`, or
 *   `INVALID_PATTERN`
 * @example
 * ```ts
 * const mapping = eventSourceMapping(router, { startingPosition: 'TRIM_HORIZON', batchSize: 1000 });
 * const { invocations } = await deliver(router, records, mapping.options);
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function eventSourceMapping(router: RoutedHandler, options: RouterMappingOptions): RouterMapping {
  const metadata = requireMetadata(router);
  const { filters = true, ...given } = optionsOf(options);
  requireOption(OWNER, 'filters', filters, BOOLEAN);
  checkWindow(metadata, given.tumblingWindowInSeconds);
  const { own, references } = withoutReferences(given);
  const derived =
    filters === true && given.filterCriteria === undefined
      ? derivedFilters(metadata)
      : { filters: [], routes: unfilteredRoutes(metadata), warnings: [] };
  const mapping: unknown = {
    bisectBatchOnFunctionError: true,
    ...own,
    ...(metadata.settings.partialResponses && { functionResponseTypes: ['ReportBatchItemFailures'] }),
    ...(derived.filters.length > 0 && { filterCriteria: { filters: derived.filters } }),
  };
  const settings = mappingSettings(mapping as EventSourceMappingOptions, OWNER);
  const hasDestination = references.destinationConfig !== undefined || settings.onFailure !== undefined;
  const complete: EventSourceMappingOptions = {
    ...(hasDestination && { maximumRecordAgeInSeconds: RECORD_AGE_SECONDS }),
    ...(mapping as EventSourceMappingOptions),
  };
  metadata.refuse = refuseLate;
  return {
    // CloudFormation takes no empty destination, and none where the options name none.
    properties: inPascalCase({ ...complete, ...(!hasDestination && NO_DESTINATION), ...references }),
    options: complete,
    warnings: [
      ...derived.warnings,
      ...(settings.filter?.warnings ?? []),
      ...settingsWarnings(metadata, settings, hasDestination),
    ],
    environment: environmentNames(),
    routes: derived.routes,
  };
}

/** @throws ConfigurationError `LATE_ROUTE` always */
function refuseLate(method: string): never {
  throw new ConfigurationError(
    'LATE_ROUTE',
    'the event source mapping of this router has been derived already, so its filters may drop records that the addition ' +
      'needs. Call eventSourceMapping after the last route and middleware.',
    { owner: method },
  );
}

function requireMetadata(router: unknown): HandlerMetadata {
  const metadata = metadataOf(router);
  if (metadata !== undefined) return metadata;
  throw invalidOption(
    OWNER,
    undefined,
    'the first argument has to be a router or a window. The results of middy(router), and functions that call processBatch, ' +
      'have no routes: export the router as well, and pass it.',
    { code: 'INVALID_HANDLER' },
  );
}

function optionsOf(options: unknown): Readonly<Record<string, unknown>> {
  const given = mappingOptions(OWNER, options);
  if (given.functionResponseTypes !== undefined) {
    throw invalidOption(
      OWNER,
      'functionResponseTypes',
      "follows from the router's partialResponses. Leave it out.",
    );
  }
  rejectUnknownOptions(OWNER, given, [...MAPPING_OPTION_NAMES, 'filters']);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Splits options into those that are known now, and those with a value that only the template knows. */
function withoutReferences(given: Readonly<Record<string, unknown>>): {
  readonly own: Readonly<Record<string, unknown>>;
  readonly references: Readonly<Record<string, unknown>>;
} {
  const { destinationConfig, kmsKeyArn } = given;
  const references = {
    ...(hasReference(destinationConfig) && { destinationConfig }),
    ...(isReference(kmsKeyArn) && { kmsKeyArn }),
  };
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(references, name)));
  return { own, references };
}

/** Checks if the destination is a reference. What stands beside it is checked here, as nothing else looks at it. */
function hasReference(config: unknown): boolean {
  if (config === undefined) return false;
  const given = inCamelCase(OWNER, config, 'destinationConfig');
  if (given.onFailure === undefined) return false;
  const members = inCamelCase(OWNER, given.onFailure, 'destinationConfig.onFailure');
  const { destination } = members;
  const isTopicOfKafka = typeof destination === 'string' && destination.startsWith('kafka://');
  if (!isReference(destination) || isTopicOfKafka) return false;
  rejectUnknownOptions(OWNER, given, ['onFailure'], 'destinationConfig');
  rejectUnknownOptions(OWNER, members, ['destination'], 'destinationConfig.onFailure');
  return true;
}

function isReference(value: unknown): boolean {
  return typeof value === 'string'
    ? value.includes('${')
    : isMembers(value) && Object.keys(value).length === 1;
}

/** A function for windows, and one for batches, cannot answer the events of the other. */
function checkWindow({ kind }: HandlerMetadata, seconds: unknown = 0): void {
  if (kind === 'window' && seconds === 0) {
    throw invalidOption(
      OWNER,
      'tumblingWindowInSeconds',
      'is required: a streamWindow accepts only events of a tumbling window. Set it to 1 to 900.',
    );
  }
  if (kind === 'router' && seconds !== 0) {
    throw invalidOption(
      OWNER,
      'tumblingWindowInSeconds',
      'cannot be used with a router: it returns no state. Use streamWindow, or leave the option out.',
    );
  }
}

function settingsWarnings(
  { settings: { order } }: HandlerMetadata,
  { parallelizationFactor }: MappingSettings,
  hasDestination: boolean,
): readonly MappingWarning[] {
  const warnings: MappingWarning[] = [];
  if (!hasDestination) {
    warnings.push({
      code: 'NO_DESTINATION',
      message:
        'Records that the mapping discards are not recorded anywhere. Set destinationConfig.onFailure.destination to a queue, a topic or a bucket.',
    });
  }
  if (parallelizationFactor > 1 && order !== 'item') {
    warnings.push({
      code: 'ORDER_WITH_PARALLELIZATION',
      message:
        `With parallelizationFactor ${parallelizationFactor} AWS keeps only the order of each item, but the router has ` +
        `order '${order}'. Set parallelizationFactor to 1.`,
    });
  }
  return warnings;
}

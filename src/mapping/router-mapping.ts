import type { EventPattern } from '../conditions/compile-pattern.ts';
import type { PatternWarning } from '../conditions/pattern-warnings.ts';
import type { EventName } from '../record/stream-record.ts';
import type { DestinationConfig, EventSourceMappingOptions } from './options.ts';

/**
 * A value that a template knows when it is deployed: an object such as `{ 'Fn::GetAtt': ['Failures', 'Arn'] }`, or text with
 * `${...}`, as Terraform, the Serverless Framework and the tokens of the CDK have it.
 */
export type TemplateReference = string | Readonly<Record<string, unknown>>;

/** The options of `eventSourceMapping`: those of a mapping, without the ones that the router decides. */
export interface RouterMappingOptions
  extends Omit<EventSourceMappingOptions, 'functionResponseTypes' | 'destinationConfig' | 'kmsKeyArn'> {
  /**
   * Where Lambda sends details of discarded records: an ARN, or a {@link TemplateReference} to a queue, topic or bucket.
   *
   * @defaultValue nowhere
   */
  readonly destinationConfig?:
    | DestinationConfig
    | { readonly onFailure?: { readonly destination?: TemplateReference } };
  /** ARN of the KMS key that encrypts the filters on AWS, or a {@link TemplateReference} to it. Only a deployed mapping reads it. */
  readonly kmsKeyArn?: TemplateReference;
  /**
   * Derives filters from the routes. Filters of your own, in `filterCriteria`, replace them.
   *
   * @defaultValue true
   */
  readonly filters?: boolean;
}

/** Something in a mapping that may do harm, or less than it could. */
export interface MappingWarning {
  /**
   * - `NO_DESTINATION`: discarded records are not recorded anywhere.
   * - `NO_ROUTES`: the router has neither a route nor a middleware that needs every record, so no filter is derived.
   * - `FILTERS_OFF_BY_MIDDLEWARE`: a middleware needs every record, so no filter is derived.
   * - `FILTERS_OFF_BY_UNKNOWN_ENTITY`: records of no entity have to fail, so no filter is derived.
   * - `FILTERS_WIDENED`: filters that say all would exceed AWS's limits, so they say less.
   * - `ORDER_WITH_PARALLELIZATION`: AWS keeps order per item, and the router is to keep more.
   * - those of the patterns of your own filters.
   */
  readonly code:
    | 'FILTERS_OFF_BY_MIDDLEWARE'
    | 'FILTERS_OFF_BY_UNKNOWN_ENTITY'
    | 'FILTERS_WIDENED'
    | 'NO_DESTINATION'
    | 'NO_ROUTES'
    | 'ORDER_WITH_PARALLELIZATION'
    | PatternWarning['code'];
  /** One sentence or two, with the remedy. */
  readonly message: string;
}

/** The part of the filters that a route asks for. */
export interface RouteFilter {
  /** The event of the route. */
  readonly eventName: EventName;
  /** Undefined: the records of all entities, or of a table without entities. */
  readonly entity: string | undefined;
  /** The route gets records that match one of these. Empty: no record can meet its condition. Undefined: no filter was derived. */
  readonly patterns: readonly EventPattern[] | undefined;
}

/** The event source mapping that a router needs. */
export interface RouterMapping {
  /** The properties of `AWS::Lambda::EventSourceMapping`, without function and stream. */
  readonly properties: Readonly<Record<string, unknown>>;
  /**
   * The same as options. `deliver`, `startEventSourceMapping` and `streamlane dev` take them, so that tests run the deployed mapping.
   * A destination and a key that only the template knows are left out.
   */
  readonly options: EventSourceMappingOptions;
  /** Settings that lose records or order, each with its remedy. */
  readonly warnings: readonly MappingWarning[];
  /** The environment variables that `env()` was called with in this process: the function needs them. */
  readonly environment: readonly string[];
  /** The part of the filters that each route asks for, in the order registered. Empty for a window. */
  readonly routes: readonly RouteFilter[];
}

import type { EventPattern } from '../../conditions/compile-pattern.ts';
import type { EventName } from '../../record/stream-record.ts';
import { carries, hasImage, type StreamViewType, VIEW_TYPES } from '../../record/view-type.ts';
import type { EntityMatch } from '../../table/table-entities.ts';
import type { RouteFilter } from '../router-mapping.ts';
import { filtersOfRouteCondition, PARTS } from './filters-of-condition.ts';
import { filtersOfEntries, type NumberKnowledge, pathOf } from './filters-of-matcher.ts';
import {
  ALL_RECORDS,
  type Conjunction,
  intersection,
  type Leaf,
  leaf,
  NO_RECORDS,
  type RecordFilter,
  union,
} from './record-filter.ts';

/** A route, as far as a filter can know it. */
export interface FilteredRoute {
  readonly eventName: EventName;
  /** Undefined: the records of all entities, or of a table without entities. */
  readonly entity: string | undefined;
  readonly condition: unknown;
}

/** The facts that filters are derived from. */
export interface Filtered {
  readonly routes: readonly FilteredRoute[];
  readonly viewType: StreamViewType;
  readonly numbers: NumberKnowledge;
  /** The keys that the table declares. Undefined for a router without a table. */
  readonly keys: readonly string[] | undefined;
  /** How each entity is recognized. Undefined for a table without entities. */
  readonly matchOf: ((entity: string) => EntityMatch) | undefined;
}

/** How much of the routes the filters say, from the most to the least. */
export type Precision = 'values' | 'entity' | 'event name';

/** Derived filters, and how much they say. */
export interface DerivedFilters {
  readonly precision: Precision;
  /** Empty: every record passes. */
  readonly patterns: readonly EventPattern[];
  readonly routes: readonly RouteFilter[];
}

/** AWS's limits: filters of a mapping without a raised quota, characters of a filter. */
const MAX_FILTERS = 5;
const MAX_CHARACTERS = 4096;

/**
 * Derives the filters of a router. They let through every record that a route may take, and what the router has to refuse; of others as few
 * as AWS's limits allow.
 */
export function routeFilters(filtered: Filtered): DerivedFilters {
  const narrow = filtered.matchOf === undefined ? (['values'] as const) : (['values', 'entity'] as const);
  for (const precision of narrow) {
    const derived = filtersAt(filtered, precision);
    if (derived.patterns.length <= MAX_FILTERS && derived.patterns.every(isShort)) return derived;
  }
  // One filter with three names at most.
  return filtersAt(filtered, 'event name');
}

function filtersAt(filtered: Filtered, precision: Precision): DerivedFilters {
  const filters = filtered.routes.map((route) => filterOfRoute(filtered, route, precision));
  const filter = union(filters);
  const refused = refusedRecords(filtered, filter);
  return {
    precision,
    patterns: [...filter.map(patternOf), ...oneOf(refused.map(patternOf))],
    routes: filtered.routes.map(({ eventName, entity }, index) => ({
      eventName,
      entity,
      patterns: (filters[index] as RecordFilter).map(patternOf),
    })),
  };
}

/** A pattern as JSON. Lambda takes patterns of one line, and JSON leaves these ends of lines as they are. */
export function patternText(pattern: EventPattern): string {
  return JSON.stringify(pattern).replace(
    /[\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A pattern of nothing would be refused: it stands for records that a pattern cannot tell. */
function isShort(pattern: EventPattern): boolean {
  return Object.keys(pattern).length > 0 && patternText(pattern).length <= MAX_CHARACTERS;
}

function filterOfRoute(filtered: Filtered, route: FilteredRoute, precision: Precision): RecordFilter {
  const { viewType } = filtered;
  const { eventName, entity, condition } = route;
  const event = leaf(['eventName'], eventName);
  if (precision === 'event name') return event;
  const kind = entity === undefined ? ALL_RECORDS : filterOfEntity(filtered, entity, eventName);
  if (precision === 'entity') return intersection([event, kind]);
  return intersection([
    event,
    kind,
    filtersOfRouteCondition(condition, { eventName, viewType }, filtered.numbers).yes,
  ]);
}

/** The records that may belong to an entity. The streams that a router accepts may carry more than it declares. */
function filterOfEntity(
  { matchOf, viewType, numbers }: Filtered,
  name: string,
  eventName: EventName,
): RecordFilter {
  const { ofKeys, others } = (matchOf as NonNullable<typeof matchOf>)(name);
  const keys = filtersOfEntries(ofKeys, PARTS.keys, numbers).yes;
  // The new image decides where there is one.
  const image = eventName === 'REMOVE' ? 'oldImage' : 'newImage';
  if (!hasImage(image, viewType, eventName)) return keys;
  return intersection([keys, filtersOfEntries(others, PARTS[image], numbers).yes]);
}

/** Fields that a stream with another view type has as well. */
const IN_EVERY_VIEW = ['eventName', 'userIdentity', 'dynamodb.Keys'];

/** Fields that the stream of another table has as well. */
const IN_EVERY_TABLE = ['eventName', 'userIdentity'];

/** The types of key attributes. */
const KEY_TYPES = ['S', 'N', 'B'];

/**
 * Lets records through that the router refuses, and says why: of a stream that carries less than declared, or of a table with other
 * keys. The filter would leave them out where it names what they lack, without any sign of it.
 */
function refusedRecords({ viewType, keys = [] }: Filtered, filter: RecordFilter): RecordFilter {
  const fields = filter.flatMap((conjunction) => [...conjunction.values()].map(({ path }) => path));
  const namesMore = (known: readonly string[]): boolean =>
    fields.some(([first, second]) => !known.some((name) => name === first || name === `${first}.${second}`));
  const enough = VIEW_TYPES.filter((actual) => carries(actual, viewType));
  return union([
    namesMore(IN_EVERY_VIEW) && enough.length < VIEW_TYPES.length
      ? leaf(['dynamodb', 'StreamViewType'], { 'anything-but': enough })
      : NO_RECORDS,
    ...(namesMore(IN_EVERY_TABLE) ? keys.map(withoutKey) : []),
  ]);
}

function withoutKey(key: string): RecordFilter {
  const path = pathOf([key], PARTS.keys);
  // Of a name that a pattern cannot say, every record may lack the key.
  return path === undefined
    ? ALL_RECORDS
    : intersection(KEY_TYPES.map((type) => leaf([...path, type], { exists: false })));
}

/** One filter for all patterns, as a mapping may have few filters. */
function oneOf(patterns: readonly EventPattern[]): readonly EventPattern[] {
  return patterns.length < 2 ? patterns : [{ $or: patterns } as EventPattern];
}

function patternOf(conjunction: Conjunction): EventPattern {
  const pattern = noFields();
  for (const leaf of conjunction.values()) put(pattern, leaf);
  return pattern as EventPattern;
}

type Fields = Record<string, unknown>;

/** Without a prototype: an attribute may be called `constructor`. */
function noFields(): Fields {
  return Object.create(null);
}

function put(pattern: Fields, { path, alternatives }: Leaf): void {
  let at = pattern;
  for (const name of path.slice(0, -1)) {
    at[name] ??= noFields();
    // A pattern has alternatives or fields at a place, not both: the first ones stay.
    if (Array.isArray(at[name])) return;
    at = at[name] as Fields;
  }
  at[path.at(-1) as string] ??= alternatives;
}

import { attributesOf, type CompiledMatch, compileMatch, testEntry } from '../conditions/compile-match.ts';
import { disjoint } from '../conditions/disjoint.ts';
import { firstMatch } from '../conditions/first-match.ts';
import { implies } from '../conditions/implies.ts';
import { isObject } from '../options/check.ts';
import { rejectUnknownOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import type { RecordEntity } from '../record/entities.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import { type ImageChecks, imageChecks, isStandardSchema } from '../record/schema.ts';
import { hasImage } from '../record/view-type.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { entityGuard } from './entity-guard.ts';
import { addRoutes, entityRoutes } from './entity-routes.ts';
import type { TableEntities } from './table-entities.ts';

/** An entity, made ready. */
interface Entity extends RecordEntity {
  readonly name: string;
  readonly match: CompiledMatch;
  /** The part of the match that keys can answer. */
  readonly ofKeys: CompiledMatch['entries'];
  /** True if the match names other attributes as well. */
  readonly needsImage: boolean;
}

const UNKNOWN: RecordEntity = { name: undefined, checks: undefined, isUnknown: true };
/** For a record without images whose keys do not decide. */
const UNDECIDED: RecordEntity = { name: undefined, checks: undefined, isUnknown: false };

const INVALID = { code: 'INVALID_TABLE' } as const;
/** JavaScript would move such a name before the others, and the order of the entities matters. */
const INTEGER = /^\d+$/;

/** The table that has them. */
export interface EntitySource {
  readonly name: string;
  readonly keys: readonly string[];
}

/**
 * Reads the entities of a table.
 *
 * @param owner for the errors
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`
 */
export function recordEntities(
  owner: string,
  declared: unknown,
  { name: table, keys }: EntitySource,
): TableEntities {
  if (!isObject(declared) || Object.keys(declared).length === 0) {
    throw invalidOption(
      owner,
      'entities',
      `has to be an object with one entity or more, such as { order: { item, match } }, got ${shown(declared)}.`,
      INVALID,
    );
  }
  const [symbol] = Object.getOwnPropertySymbols(declared);
  if (symbol !== undefined) {
    throw invalidOption(owner, 'entities', `has to name entities by text, got ${shown(symbol)}.`, INVALID);
  }
  const entities = Object.entries(declared).map(([name, options]) => entityOf(owner, name, options, keys));
  refuseHidden(owner, entities);

  const indexOf = firstMatch(entities.map(({ match }) => match));
  const find = (image: AttributeMap | undefined, { reading }: LazyRecord): RecordEntity =>
    entities[indexOf(image, reading.toNumber)] ?? UNKNOWN;

  const ofKeys = (record: LazyRecord): RecordEntity => {
    const stored = LazyRecord.rawOf(record).dynamodb?.Keys as AttributeMap;
    const first = entities.find((entity) =>
      entity.ofKeys.every((entry) => testEntry(entry, stored, record.reading.toNumber)),
    );
    // The attributes that are not there may match or not, so nothing is known of the entities after it either.
    return first?.needsImage ? UNDECIDED : (first ?? UNKNOWN);
  };

  const of = (record: LazyRecord): RecordEntity => {
    const image = record.storedImage('newImage') ?? record.storedImage('oldImage');
    return image === undefined ? ofKeys(record) : find(image, record);
  };

  const names = entities.map(({ name }) => name);
  const hasSchema = entities.some(({ checks }) => checks !== undefined);
  return {
    ...entityGuard(table, of, hasSchema),
    names,
    hasSchema,
    of,
    ofImage: (record, image) => find(record.storedImage(image), record),
    matchOf(name) {
      const { match, ofKeys } = entities.find((entity) => entity.name === name) as Entity;
      return { ofKeys, others: match.entries.filter((entry) => !ofKeys.includes(entry)) };
    },
    addRoutes: (name, add, routes) => addRoutes(names, name, add, routes),
    routes: (viewType) =>
      entityRoutes(names, (method, name, eventName) => {
        if (hasImage('newImage', viewType, eventName) || hasImage('oldImage', viewType, eventName)) return;
        const problem = problemOf(entities, name);
        if (problem === undefined) return;
        const carried = `${eventName} records of ${table}, whose stream is ${viewType}, carry only keys`;
        throw invalidOption(method, undefined, `${carried}, ${problem}`, { code: 'INVALID_HANDLER' });
      }),
  };
}

/** Why records without images do not tell if they belong to an entity, or to which one. Undefined where they do. */
function problemOf(entities: readonly Entity[], name: string | undefined): string | undefined {
  const wanted = name === undefined ? entities : entities.filter((entity) => entity.name === name);
  const told = wanted.filter(({ needsImage }) => !needsImage);
  if (told.length === 0) {
    const needed = wanted.map((entity) => `${entity.name} names ${otherThanKeys(entity).join(', ')}`);
    return `and the match of ${needed.join(', that of ')}. Match keys, or take a stream with images.`;
  }
  for (const entity of told) {
    const other = entities
      .slice(0, entities.indexOf(entity))
      .find(({ needsImage, ofKeys }) => needsImage && !disjoint(ofKeys, entity.match.entries));
    if (other !== undefined) {
      return (
        `which do not tell if a record belongs to ${other.name} or to ${entity.name}. Declare ${entity.name} before ` +
        `${other.name}, or let the match of ${other.name} name keys that those of ${entity.name} do not have.`
      );
    }
  }
  return undefined;
}

/** The attributes that the match of an entity names besides keys. */
function otherThanKeys({ match, ofKeys }: Entity): readonly string[] {
  return attributesOf({ entries: match.entries.filter((entry) => !ofKeys.includes(entry)) });
}

function entityOf(owner: string, name: string, options: unknown, keys: readonly string[]): Entity {
  const option = `entities.${name}`;
  if (INTEGER.test(name)) {
    throw invalidOption(
      owner,
      option,
      'has a name that is a whole number, and JavaScript puts such names first. Give it another name.',
      INVALID,
    );
  }
  rejectUnknownOptions(owner, options, ['item', 'match'], option);
  const { item, match } = options as { readonly item: unknown; readonly match: unknown };
  if (!isStandardSchema(item)) {
    throw invalidOption(
      owner,
      `${option}.item`,
      `has to be a Standard Schema or itemOf<Item>(), got ${shown(item)}.`,
      INVALID,
    );
  }
  const compiled = compileMatch(match, { owner, option: `${option}.match`, ...INVALID }, (attribute) =>
    keys.includes(attribute),
  );
  const ofKeys = compiled.entries.filter(({ steps }) => keys.includes(steps[0] as string));
  const checks: ImageChecks | undefined = '~item' in item ? undefined : imageChecks(item);
  return {
    name,
    checks,
    isUnknown: false,
    match: compiled,
    ofKeys,
    needsImage: ofKeys.length < compiled.entries.length,
  };
}

/** @throws ConfigurationError `INVALID_TABLE` where an entity can never be found */
function refuseHidden(owner: string, entities: readonly Entity[]): void {
  entities.forEach((entity, index) => {
    const earlier = entities.slice(0, index).find((other) => implies(entity.match, other.match));
    if (earlier === undefined) return;
    throw invalidOption(
      owner,
      `entities.${entity.name}`,
      `can never be found: every item that matches it also matches ${earlier.name}, which is tried first. ` +
        `Declare ${entity.name} before ${earlier.name}, or let ${earlier.name} match less.`,
      INVALID,
    );
  });
}

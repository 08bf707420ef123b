import { BOOLEAN, type Check, type Checks, isMembers, numberFrom, objectWith } from '../options/check.ts';
import { checkOptions, requireArgument, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { endsInList, type PathPattern, patternOf, type Step, stepsOf } from './path-pattern.ts';
import { Redaction } from './redaction.ts';

/**
 * The options of an audit trail.
 *
 * `Entity` is the names of the entities that `redact` may name: any, unless said otherwise.
 */
export interface AuditOptions<Entity extends string = string> {
  /**
   * Where the item says who wrote it, such as `updatedBy` or `meta.user`. Read from the new image: the old one, of a
   * removed item, names who wrote it before.
   */
  readonly actor?: string;
  /**
   * Whose values are replaced by `[redacted]`, such as `card.number`, `lines[].price`, `cards.*.number`. That a value
   * changed is still shown; values beneath the path are replaced as well, names included. A path that no item has hides nothing, and
   * is not an error: test that the private values of a complete item are not in its entry.
   *
   * For a table with entities there may be such a list for each entity: `{ customer: ['email'], order: [] }`. A record gets
   * the list of its entity. It gets the paths of all lists if there is none for its entity, if it belongs to no entity, or if it
   * turns an item of one entity into one of another. Use `[]` for an entity that has nothing to hide.
   */
  readonly redact?: readonly string[] | RedactByEntity<Entity>;
  /** Paths left out wholly, such as `updatedAt`: values, and that they changed. Each ends with a name, not in a list. */
  readonly omit?: readonly string[];
  /**
   * Lists in each entry what changed. `false` is for streams that do not carry what that takes, which is both images
   * of a changed item.
   *
   * @defaultValue `true`
   */
  readonly changes?: boolean;
  /**
   * The largest entry, in bytes of JSON. In one that is larger, the largest values are replaced by
   * `{ "TOO_LARGE": <bytes> }` until it fits. Without it, an entry that its sink cannot take fails its record.
   */
  readonly maxBytes?: number;
}

/** The paths that are redacted in the entries of each entity. */
export type RedactByEntity<Entity extends string = string> = {
  readonly [Name in Entity]?: readonly string[];
};

/** The path of the actor, and the paths beneath it to redact or omit. */
export interface ActorPath {
  readonly steps: readonly Step[];
  readonly redaction: Redaction;
}

/** How the entries of one kind of record are written. */
export interface EntryView {
  readonly actor: ActorPath | undefined;
  readonly redaction: Redaction;
}

/** The options of an audit trail, read. */
export interface AuditSettings {
  /** @param entity undefined for a record of no entity, or of more than one */
  viewOf(entity: string | undefined): EntryView;
  readonly changes: boolean;
  readonly maxBytes: number;
}

const OWNER = 'auditTrail';

const PATH_HELP =
  'A path has names and positions, such as card.number, lines[0].price, ["a.b"].c; ' +
  '* is any name, and [] any position.';

// JSONPath, JSON Pointer and its URI form: read as names they would hide nothing, and no user would notice.
const OTHER_NOTATION = /^(?:\$(?:$|[.[])|#?\/)/;

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

const PATHS: Check = { expected: `an array of paths. ${PATH_HELP}`, accepts: isList };

const PATHS_BY_ENTITY: Check = {
  expected: `an array of paths, or an object with an array for each entity, such as { customer: ['email'], order: [] }. ${PATH_HELP}`,
  accepts: (value) => isList(value) || isMembers(value),
};

const CHECKS: Checks = {
  actor: {
    expected: 'the path of one attribute, such as updatedBy or meta.user',
    accepts: (value) =>
      typeof value === 'string' && !OTHER_NOTATION.test(value) && stepsOf(value) !== undefined,
  },
  redact: PATHS_BY_ENTITY,
  omit: PATHS,
  changes: BOOLEAN,
  maxBytes: numberFrom(1024, Number.MAX_SAFE_INTEGER),
};

const SINK = objectWith(['send']);

/**
 * Checks and reads what an audit trail is made of.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function auditSettings(sink: unknown, options: AuditOptions): AuditSettings {
  requireArgument(OWNER, 'sink', sink, SINK, { remedy: 'For the log, use auditTrail(loggerSink(logger)).' });
  checkOptions(OWNER, options, CHECKS);
  const { actor, redact = [], omit = [], changes = true, maxBytes = Number.POSITIVE_INFINITY } = options;
  const omitted = readPatterns('omit', omit);
  omit.forEach((path, index) => {
    if (endsInList(omitted[index] as PathPattern)) {
      throw invalidOption(
        OWNER,
        'omit',
        `cannot take ${path}: without it, the other elements would have other positions. Omit the list, or redact the element.`,
      );
    }
  });
  const view = (redacted: readonly PathPattern[]): EntryView => {
    const redaction = new Redaction(redacted, omitted);
    return { redaction, actor: actor === undefined ? undefined : readActor(actor, redaction) };
  };
  return { viewOf: viewsOf(redact, view), changes, maxBytes };
}

function viewsOf(
  redact: NonNullable<AuditOptions['redact']>,
  view: (redacted: readonly PathPattern[]) => EntryView,
): AuditSettings['viewOf'] {
  if (isList(redact)) {
    const only = view(readPatterns('redact', redact));
    return () => only;
  }
  const lists = Object.entries(redact).map(([entity, paths]) => {
    const option = `redact.${entity}`;
    requireOption(OWNER, option, paths, PATHS);
    return [entity, readPatterns(option, paths as readonly string[])] as const;
  });
  const all = view(lists.flatMap(([, patterns]) => patterns));
  const views = new Map<string | undefined, EntryView>(
    lists.map(([entity, patterns]) => [entity, view(patterns)]),
  );
  return (entity) => views.get(entity) ?? all;
}

function readPatterns(option: string, paths: readonly string[]): readonly PathPattern[] {
  return paths.map((path) => readPattern(option, path));
}

function readActor(actor: string, redaction: Redaction): ActorPath {
  const steps = stepsOf(actor) as Step[];
  const beneath = redaction.at(steps);
  if (beneath === undefined) {
    throw invalidOption(
      OWNER,
      'actor',
      `${actor} is also in redact or omit. Remove it there, or leave out actor.`,
    );
  }
  return { steps, redaction: beneath };
}

function readPattern(option: string, path: unknown): PathPattern {
  if (typeof path === 'string' && OTHER_NOTATION.test(path)) {
    throw invalidOption(
      OWNER,
      option,
      `has to hold paths, got ${shown(path)}, which is JSONPath or JSON Pointer. ${PATH_HELP} ` +
        'An attribute of such a name is written ["$"] or ["/a/b"].',
    );
  }
  const pattern = typeof path === 'string' ? patternOf(path) : undefined;
  if (pattern !== undefined) return pattern;
  throw invalidOption(OWNER, option, `has to hold paths, got ${shown(path)}. ${PATH_HELP}`);
}

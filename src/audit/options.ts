import { BOOLEAN, type Check, type Checks, numberFrom, objectWith } from '../options/check.ts';
import { checkOptions, requireArgument } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { type Hidden, hiddenAt } from './hidden.ts';
import { endsInList, type PathPattern, patternOf, type Step, stepsOf } from './path-pattern.ts';

/** What an audit trail takes besides its sink. */
export interface AuditOptions {
  /**
   * Where the item says who wrote it, such as `updatedBy` or `meta.user`. Read from the new image: the old one, of a
   * removed item, names who wrote it before.
   */
  readonly actor?: string;
  /**
   * Whose values are replaced by `[redacted]`, such as `card.number`, `lines[].price`, `cards.*.number`. That a value
   * changed is still shown; what lies beneath the path is replaced as well, names included.
   */
  readonly redact?: readonly string[];
  /** What is left out wholly, such as `updatedAt`: values, and that they changed. Ends with a name, not in a list. */
  readonly omit?: readonly string[];
  /**
   * Whether entries list what changed. `false` is for streams that do not carry what that takes, which is both images
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

/** Where the actor is, and what is hidden beneath. */
export interface ActorPath {
  readonly steps: readonly Step[];
  readonly hidden: Hidden;
}

/** The options of an audit trail, read. */
export interface AuditSettings {
  readonly actor: ActorPath | undefined;
  readonly hidden: Hidden;
  readonly changes: boolean;
  readonly maxBytes: number;
}

const OWNER = 'auditTrail';

const PATH_HELP =
  'A path is names and positions, as in card.number, lines[0].price, ["a.b"].c; ' +
  '* stands for any name and [] for any position.';

// JSONPath, JSON Pointer and its URI form: read as names they would hide nothing, and nobody would notice.
const OTHER_NOTATION = /^(?:\$(?:$|[.[])|#?\/)/;

const PATHS: Check = {
  expected: `an array of paths. ${PATH_HELP}`,
  accepts: (value) => Array.isArray(value),
};

const CHECKS: Checks = {
  actor: {
    expected: 'the path of one attribute, such as updatedBy or meta.user',
    accepts: (value) =>
      typeof value === 'string' && !OTHER_NOTATION.test(value) && stepsOf(value) !== undefined,
  },
  redact: PATHS,
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
  const hidden = {
    redact: redact.map((path) => readPattern('redact', path)),
    omit: omit.map((path) => readPattern('omit', path)),
  };
  omit.forEach((path, index) => {
    if (endsInList(hidden.omit[index] as PathPattern)) {
      throw invalidOption(
        OWNER,
        'omit',
        `cannot take ${path}: the elements after it would seem to be others. Omit the list, or redact.`,
      );
    }
  });
  return { actor: actor === undefined ? undefined : readActor(actor, hidden), hidden, changes, maxBytes };
}

function readActor(actor: string, hidden: Hidden): ActorPath {
  const steps = stepsOf(actor) as Step[];
  const beneath = hiddenAt(hidden, steps);
  if (beneath === undefined) {
    throw invalidOption(
      OWNER,
      'actor',
      `${actor} is also in redact or omit. Take it off there, or name no actor.`,
    );
  }
  return { steps, hidden: beneath };
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

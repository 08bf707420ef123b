import type { EventPattern } from '../conditions/compile-pattern.ts';
import { soleEntry } from '../conditions/pattern-object.ts';
import { isEither } from '../conditions/pattern-rules.ts';
import { joinPath } from '../unmarshall/path.ts';

/** Comparisons that EventBridge has and Lambda's documentation of filters does not name. */
const UNDOCUMENTED = ['suffix', 'equals-ignore-case', 'wildcard'];

const IMAGES = ['Keys', 'NewImage', 'OldImage'];

/**
 * Says what of a valid pattern Lambda may refuse, and what in it can never do what it seems to.
 *
 * - `suffix`, `equals-ignore-case`, `wildcard`, `$or`, and `anything-but` with one of these are EventBridge's, and
 *   not among those that Lambda documents.
 * - `N` holds a string, so `numeric` and numbers never match it.
 * - `exists` asks for a value: of an attribute without its type, `false` always matches and `true` never does.
 *
 * @returns one sentence each, with where it is; empty when there is nothing to say
 * @example
 * ```ts
 * patternWarnings({ dynamodb: { NewImage: { total: { N: [{ numeric: ['>', 0] }] } } } });
 * // ['dynamodb.NewImage.total.N: N holds a string, which numeric never matches.']
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function patternWarnings(pattern: string | EventPattern): readonly string[] {
  const found = new Set<string>();
  inspect(typeof pattern === 'string' ? JSON.parse(pattern) : pattern, [], (path, text) => {
    found.add(`${path.reduce<string>(joinPath, '')}: ${text}`);
  });
  return [...found];
}

type Warn = (path: readonly string[], text: string) => void;

function inspect(pattern: EventPattern, path: readonly string[], warn: Warn): void {
  for (const [name, value] of Object.entries(pattern)) {
    const at = [...path, name];
    if (isEither(name, value)) {
      warn(at, '$or is not among what Lambda documents, and may be refused.');
      for (const one of value) inspect(one as EventPattern, path, warn);
    } else if (Array.isArray(value)) {
      for (const alternative of value) inspectValue(alternative, at, warn);
    } else inspect(value as EventPattern, at, warn);
  }
}

function inspectValue(value: unknown, path: readonly string[], warn: Warn): void {
  const [operator, operand] = soleEntry(value) ?? [];
  const [inner] = soleEntry(operand) ?? [];
  for (const name of [operator, inner]) {
    if (name !== undefined && UNDOCUMENTED.includes(name)) {
      warn(path, `${name} is not among what Lambda documents, and may be refused.`);
    }
  }
  const image = path[0] === 'dynamodb' && IMAGES.includes(path[1] ?? '');
  if (image && path.at(-1) === 'N' && (operator === 'numeric' || typeof value === 'number')) {
    const what = operator ?? 'a number';
    warn(path, `N holds a string, which ${what} never matches.`);
  }
  if (image && path.length === 3 && operator === 'exists') {
    const held = operand === true ? 'never' : 'always';
    warn(
      path,
      `exists asks for a value and an attribute is an object, so this ${held} matches. Name the type: S.`,
    );
  }
}

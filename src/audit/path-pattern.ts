/** A step down into an item: the name of an attribute, or the position of an element. */
export type Step = string | number;

const ANY_NAME: unique symbol = Symbol('*');
const ANY_INDEX: unique symbol = Symbol('[]');

/** A step that `redact` and `omit` name: one, or any of its kind. */
export type PatternStep = Step | typeof ANY_NAME | typeof ANY_INDEX;

/** A path in `redact` or `omit`. It covers the values at such a path and everything beneath them. */
export type PathPattern = readonly PatternStep[];

// A name first or after a dot; in brackets a quoted name, a position or nothing.
const STEP =
  /(?:^|(?<!^)\.)(?<name>[^.[\]"]+)|\[(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<index>\d{1,9})|(?<any>))\]/y;

/**
 * Reads the path of a change, as `changes()` writes it.
 *
 * @returns undefined for text that is not a path to one place
 */
export function stepsOf(path: string): Step[] | undefined {
  const steps = parse(path, (name) => name);
  return steps?.every((step) => typeof step !== 'symbol') ? steps : undefined;
}

/**
 * Reads what `redact` and `omit` take.
 *
 * | step | stands for |
 * | --- | --- |
 * | `name`, `.name` | the attribute of that name |
 * | `["a.b"]` | the attribute of that name, whatever characters it has: a JSON string in brackets |
 * | `*`, `.*` | each attribute of a map |
 * | `[2]` | the third element of a list |
 * | `[]` | each element of a list or set |
 *
 * @returns undefined for anything else
 */
export function patternOf(path: string): PathPattern | undefined {
  return parse(path, (name) => (name === '*' ? ANY_NAME : name));
}

/** The patterns that lead on over a step, without it. One that is empty has arrived. */
export function follow(patterns: readonly PathPattern[], step: Step): readonly PathPattern[] {
  const rest: PathPattern[] = [];
  for (const pattern of patterns) if (matches(pattern[0], step)) rest.push(pattern.slice(1));
  return rest;
}

/** Returns true if one of the patterns has no steps left. */
export function arrived(patterns: readonly PathPattern[]): boolean {
  return patterns.some((pattern) => pattern.length === 0);
}

/** Returns true if one of the patterns names all elements of the value at this place. */
export function namesElements(patterns: readonly PathPattern[]): boolean {
  return patterns.some((pattern) => pattern[0] === ANY_INDEX && pattern.length === 1);
}

/** Returns true if the last step of a pattern leads into a list. */
export function endsInList(pattern: PathPattern): boolean {
  const last = pattern.at(-1);
  return last === ANY_INDEX || typeof last === 'number';
}

function matches(pattern: PatternStep | undefined, step: Step): boolean {
  if (pattern === ANY_NAME) return typeof step === 'string';
  if (pattern === ANY_INDEX) return typeof step === 'number';
  return pattern === step;
}

function parse(path: string, nameStep: (name: string) => PatternStep): PatternStep[] | undefined {
  const steps: PatternStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const { name, quoted, index } = STEP.exec(path)?.groups ?? {};
    if (STEP.lastIndex === 0) return undefined;
    if (name !== undefined) steps.push(nameStep(name));
    else if (quoted !== undefined) {
      const unquoted = readText(quoted);
      if (unquoted === undefined) return undefined;
      steps.push(unquoted);
    } else steps.push(index === undefined ? ANY_INDEX : Number(index));
  }
  // An item is a map: its first step is a name.
  return typeof steps[0] === 'string' || steps[0] === ANY_NAME ? steps : undefined;
}

function readText(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

import { JSON_TOO_DEEP, LongNumber, type PatternEntry, PatternObject } from './pattern-object.ts';

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them within a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** The most digits of a number that AWS's matcher compares. */
const MAX_DIGITS = 17;

/** The deepest JSON that AWS's matcher reads. */
const MAX_LEVELS = 1000;

/**
 * Reads an event pattern as AWS's matcher does. `JSON.parse` is not enough: it keeps the last of two fields with one
 * name, and AWS's own example of an AND writes `dynamodb` twice.
 *
 * Text behind the pattern is ignored, as there.
 *
 * @throws SyntaxError for text that does not begin with a JSON value
 */
export function parsePattern(json: string): unknown {
  let at = 0;

  function token(kind: RegExp): string | undefined {
    SPACE.lastIndex = at;
    SPACE.test(json);
    kind.lastIndex = SPACE.lastIndex;
    const [found] = kind.exec(json) ?? [];
    if (found !== undefined) at = kind.lastIndex;
    return found;
  }

  function isNext(sign: string): boolean {
    SPACE.lastIndex = at;
    SPACE.test(json);
    if (json[SPACE.lastIndex] !== sign) return false;
    at = SPACE.lastIndex + 1;
    return true;
  }

  function expectNext(sign: string): void {
    if (!isNext(sign)) throw new SyntaxError(`expected ${sign} at position ${SPACE.lastIndex}`);
  }

  function members<T>(end: string, member: () => T): T[] {
    const found: T[] = [];
    if (isNext(end)) return found;
    do found.push(member());
    while (isNext(','));
    expectNext(end);
    return found;
  }

  function textOf(): string | undefined {
    const found = token(STRING);
    return found === undefined ? undefined : JSON.parse(found);
  }

  function value(level: number): unknown {
    if (level > MAX_LEVELS) throw new SyntaxError(JSON_TOO_DEEP);
    if (isNext('{')) {
      return new PatternObject(
        members('}', (): PatternEntry => {
          const name = textOf();
          if (name === undefined) throw new SyntaxError(`expected a name at position ${SPACE.lastIndex}`);
          expectNext(':');
          return [name, value(level + 1)];
        }),
      );
    }
    if (isNext('[')) return members(']', () => value(level + 1));
    const text = textOf();
    if (text !== undefined) return text;
    const word = token(WORD);
    if (word !== undefined) return JSON.parse(word);
    const number = token(NUMBER);
    if (number === undefined) throw new SyntaxError(`expected a value at position ${SPACE.lastIndex}`);
    return digitsOf(number) > MAX_DIGITS ? new LongNumber(Number(number)) : Number(number);
  }

  return value(1);
}

/** The significant digits of a number in JSON. */
function digitsOf(number: string): number {
  return number
    .replace(/[eE].*$/, '')
    .replace(/\.(\d*?)0*$/, '.$1')
    .replaceAll(/\D/g, '')
    .replace(/^0+/, '').length;
}

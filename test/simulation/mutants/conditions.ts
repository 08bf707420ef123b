import type { Mutant } from './mutant.ts';

const only = ['router', 'router behind Middy'];
const BUILT_IN = 'conditions/built-in.ts';
const MATCH = 'conditions/compile-match.ts';

export const CONDITION_MUTANTS: readonly Mutant[] = [
  {
    name: 'a promise of a condition is a yes',
    happened: true,
    file: 'conditions/condition.ts',
    find: 'if (promise || isUnfinished(answer)) {',
    replace: 'if (false) {',
  },
  {
    name: 'changed() does not look at the value before',
    file: 'conditions/changed.ts',
    find: 'if (isSameStored(was, is)) continue;',
    replace: '',
  },
  {
    name: 'changed() compares its from option with the new value',
    file: 'conditions/changed.ts',
    find: 'from.test(was, toNumber)',
    replace: 'from.test(is, toNumber)',
  },
  {
    name: 'changed() compares its to option with the old value',
    file: 'conditions/changed.ts',
    find: 'to.test(is, toNumber)',
    replace: 'to.test(was, toNumber)',
  },
  {
    name: 'changed() ignores its from option',
    file: 'conditions/changed.ts',
    find: 'if (from !== undefined && !from.test(was, toNumber)) continue;',
    replace: '',
  },
  {
    name: 'changed() looks at its first path alone',
    file: 'conditions/changed.ts',
    find: 'for (const { path, steps } of paths) {',
    replace: 'for (const { path, steps } of paths.slice(0, 1)) {',
  },
  {
    name: 'changed() ignores the decimals of a number',
    file: 'conditions/stored-value.ts',
    find: 'return canonicalNumber(value.N) as string;',
    replace: 'return String(Math.trunc(Number(value.N)));',
    only: ['router'],
  },
  {
    name: 'an order of numbers is that of doubles',
    file: 'conditions/stored-order.ts',
    find: 'return compareDecimals(parseDecimal(text) as Decimal, decimal);',
    replace: 'return 0;',
  },
  {
    name: 'text is not a number where the policy gives text',
    file: 'conditions/literal.ts',
    find: "return typeof toNumber?.('0') === 'string';",
    replace: 'return false;',
  },
  {
    name: 'a text matcher matches a number',
    file: 'conditions/text-matchers.ts',
    find: "const text = contentOf(value, 'S');",
    replace: "const text = contentOf(value, 'S') ?? contentOf(value, 'N');",
  },
  {
    name: 'a value of another type is greater than a bound',
    file: 'conditions/stored-order.ts',
    find: 'orders.N?.(value.N as string) : undefined;',
    replace: 'orders.N?.(value.N as string) : 1;',
  },
  {
    name: 'the upper bound is not asked',
    file: 'conditions/range-matchers.ts',
    find: '(toLow, toHigh) => toLow >= 0 && toHigh <= 0,',
    replace: '(toLow) => toLow >= 0,',
  },
  {
    name: 'missing() matches an existing value',
    file: 'conditions/presence-matchers.ts',
    find: "matcherOf('missing', [], (value) => value === undefined);",
    replace: "matcherOf('missing', [], () => true);",
  },
  {
    name: 'matches() reads the old image for the new one',
    file: 'conditions/matches.ts',
    find: ": storedImage('matches', lazy, part),",
    replace: ": storedImage('matches', lazy, 'oldImage'),",
  },
  {
    name: 'matches() reads the new image for the old one',
    file: 'conditions/matches.ts',
    find: ": storedImage('matches', lazy, part),",
    replace: ": storedImage('matches', lazy, 'newImage'),",
  },
  {
    name: 'one part of matches() is enough',
    file: 'conditions/matches.ts',
    find: 'return parts.every(',
    replace: 'return parts.some(',
  },
  {
    name: 'one attribute of a pattern is enough',
    file: MATCH,
    find: 'if (!testEntry(entry, image, toNumber)) return false;\n      return true;',
    replace: 'if (testEntry(entry, image, toNumber)) return true;\n      return false;',
  },
  {
    name: 'all() is any()',
    file: 'conditions/all.ts',
    find: 'conditions.every(',
    replace: 'conditions.some(',
  },
  {
    name: 'any() is all()',
    file: 'conditions/any.ts',
    find: 'conditions.some(',
    replace: 'conditions.every(',
  },
  {
    name: 'not() turns nothing round',
    file: 'conditions/not.ts',
    find: '(record: R) => !holds(condition, record),',
    replace: '(record: R) => holds(condition, record),',
  },
  {
    name: 'a condition of a user is a no before a schema is asked',
    file: BUILT_IN,
    find: "['~condition']?.decide(record);",
    replace: "['~condition']?.decide(record) ?? false;",
  },
  {
    name: 'any() with a condition of a user is decided by the others',
    file: BUILT_IN,
    find: 'if (one === undefined) verdict = undefined;',
    replace: '',
  },
  {
    name: 'all() with a condition of a user is decided by it',
    file: BUILT_IN,
    find: 'if (one === decisive) return decisive;',
    replace: 'if (one === decisive || one === undefined) return decisive;',
  },
  {
    name: 'a schema is asked for records that no route takes',
    file: BUILT_IN,
    find: 'return condition === undefined || decide(condition, record) !== false;',
    replace: 'return true;',
  },
].map((mutant) => ({ only, ...mutant }) as Mutant);

import { expect, test } from 'vitest';
import {
  BOOLEAN,
  type Check,
  CLIENT,
  CREDENTIALS,
  FUNCTION,
  isMembers,
  isObject,
  LOGGER,
  LOGGER_OR_FALSE,
  millisecondsFrom,
  numberFrom,
  objectWith,
  oneOf,
  SIGNAL,
  TEXT,
  URL_TEXT,
  wholeNumberFrom,
} from '../../src/options/check.ts';

const SOME: readonly unknown[] = [undefined, null, true, 0, 5, '', 'a', [], {}, () => {}];
const client = { send() {} };

test.each<[what: string, check: Check, expected: string, accepted: unknown[], refused: unknown[]]>([
  ['BOOLEAN', BOOLEAN, 'true or false', [true, false], ['true', 1]],
  ['FUNCTION', FUNCTION, 'a function', [() => {}], [client]],
  ['TEXT', TEXT, 'text', ['a', ' '], ['', new String('a')]],
  [
    'URL_TEXT',
    URL_TEXT,
    'a URL such as http://127.0.0.1:8000',
    ['http://a', 'https://a/b'],
    ['a', 'http://', 'ftp://a', new URL('http://a')],
  ],
  ['objectWith one', objectWith(['a']), 'an object with the method a', [{ a() {} }], [{ a: 1 }, { b() {} }]],
  [
    'objectWith two',
    objectWith(['a', 'b']),
    'an object with the methods a, b',
    [{ a() {}, b() {} }],
    [{ a() {} }],
  ],
  ['CLIENT', CLIENT, 'an object with the method send', [client], [{}]],
  [
    'CREDENTIALS',
    CREDENTIALS,
    'an object with accessKeyId and secretAccessKey, or a function that gives one',
    [{ accessKeyId: 'a', secretAccessKey: 'b' }, async () => ({})],
    [{}, { accessKeyId: 'a' }, { accessKeyId: 'a', secretAccessKey: '' }],
  ],
  [
    'SIGNAL',
    SIGNAL,
    'an object with the methods addEventListener, throwIfAborted',
    [new AbortController().signal],
    [new AbortController()],
  ],
  [
    'LOGGER',
    LOGGER,
    'an object with the methods debug, info, warn, error',
    [console],
    [false, { info() {} }],
  ],
  [
    'LOGGER_OR_FALSE',
    LOGGER_OR_FALSE,
    'an object with the methods debug, info, warn, error, or false',
    [console, false],
    [true, {}],
  ],
  ['oneOf', oneOf(['a', 'b']), 'one of a, b', ['a', 'b'], ['c', ['a']]],
  ['numberFrom', numberFrom(1, 2), 'a number from 1 to 2', [1, 1.5, 2], [0.9, 2.1, Number.NaN, '1']],
  [
    'millisecondsFrom',
    millisecondsFrom(0, 2),
    'milliseconds from 0 to 2',
    [0, 0.5],
    [-1, Number.POSITIVE_INFINITY],
  ],
  ['wholeNumberFrom', wholeNumberFrom(1, 2), 'a whole number from 1 to 2', [1, 2], [0, 1.5, 3, '1', 1n]],
])('%s says what it expects, and accepts nothing else', (_, check, expected, accepted, refused) => {
  expect(check.expected).toBe(expected);
  for (const value of accepted) expect(check.accepts(value), String(value)).toBe(true);
  for (const value of refused) expect(check.accepts(value), String(value)).toBe(false);
  expect(check.accepts(undefined)).toBe(false);
  expect(check.accepts(null)).toBe(false);
});

test('an object is neither an array nor null nor a function', () => {
  expect(SOME.filter(isObject)).toEqual([{}]);
});

test('an object of members is not a built-in either', () => {
  const builtIns = [
    Promise.resolve(),
    new Map(),
    new Date(),
    /a/,
    new Error(),
    new String('a'),
    new URL('http://a'),
  ];
  expect(builtIns.every(isObject)).toBe(true);
  expect(builtIns.filter(isMembers)).toEqual([]);
  expect([{}, new (class Options {})(), Object.create(null)].every(isMembers)).toBe(true);
  expect(SOME.filter(isMembers)).toEqual([{}]);
});

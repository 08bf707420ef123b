import { describe, expect, test } from 'vitest';
import { holds } from '../../src/conditions/condition.ts';
import { type ChangedOptions, type Condition, changed, expired, missing, not } from '../../src/index.ts';
import { type AnyChange, changeOf } from '../fixtures/stored-records.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';

type Images = AnyChange;

const modified = (before: object, after: object): Images => changeOf(before, after);
const both = (before: unknown, after: unknown) => modified({ a: before }, { a: after });

describe('changed(attribute) holds when the attribute has another value than before', () => {
  test.each<[string, Images, boolean]>([
    ['another text', both('OPEN', 'PAID'), true],
    ['the same text', both('OPEN', 'OPEN'), false],
    ['another type', both('1', 1), true],
    ['appeared', modified({}, { a: 1 }), true],
    ['went away', modified({ a: 1 }, {}), true],
    ['absent in both', modified({ b: 1 }, { b: 2 }), false],
    ['null before, absent now', modified({ a: null }, {}), true],
    ['equal maps', both({ x: [1] }, { x: [1] }), false],
    ['other maps', both({ x: [1] }, { x: [2] }), true],
    ['equal lists', both([1, 'a'], [1, 'a']), false],
    ['lists in another order', both([1, 2], [2, 1]), true],
    ['equal sets in another order', both(new Set([1, 2]), new Set([2, 1])), false],
    ['other sets', both(new Set([1]), new Set([1, 2])), true],
    ['equal binary', both(Uint8Array.of(1), Uint8Array.of(1)), false],
    ['other binary', both(Uint8Array.of(1), Uint8Array.of(2)), true],
    ['only another attribute', modified({ a: 1, b: 1 }, { a: 1, b: 2 }), false],
  ])('%s: %s %s', (_, record, expected) => {
    expect(changed<AnyChange>('a')(record)).toBe(expected);
  });

  test.each(['constructor', 'toString', '__proto__'])('an attribute named %s', (name) => {
    const condition = changed<AnyChange>(name);
    const image = (json: string) => JSON.parse(json) as object;
    expect(condition(modified({}, {}))).toBe(false);
    expect(condition(modified({}, image(`{"${name}":1}`)))).toBe(true);
    expect(condition(modified(image(`{"${name}":1}`), image(`{"${name}":1}`)))).toBe(false);
    expect(condition(modified(image(`{"${name}":1}`), image(`{"${name}":2}`)))).toBe(true);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the item is not declared
type AnyOptions = ChangedOptions<any>;

describe('from and to narrow it', () => {
  test.each<[AnyOptions, Images, boolean]>([
    [{ to: 'PAID' }, both('OPEN', 'PAID'), true],
    [{ to: 'PAID' }, both('PAID', 'PAID'), false],
    [{ to: 'PAID' }, both('OPEN', 'VOID'), false],
    [{ to: 'PAID' }, modified({}, { a: 'PAID' }), true],
    [{ from: 'OPEN' }, both('OPEN', 'PAID'), true],
    [{ from: 'OPEN' }, both('DRAFT', 'PAID'), false],
    [{ from: 'OPEN' }, modified({ a: 'OPEN' }, {}), true],
    [{ from: 'OPEN', to: 'PAID' }, both('OPEN', 'PAID'), true],
    [{ from: 'OPEN', to: 'PAID' }, both('DRAFT', 'PAID'), false],
    [{ from: 'OPEN', to: 'PAID' }, both('OPEN', 'VOID'), false],
    [{ from: undefined }, modified({}, { a: 1 }), true],
    [{ from: undefined }, both(null, 1), false],
    [{ from: missing() }, modified({}, { a: 1 }), true],
    [{ from: missing() }, both(null, 1), false],
    [{ to: missing() }, modified({ a: 1 }, {}), true],
    [{ to: undefined }, modified({ a: 1 }, {}), true],
    [{ to: undefined }, both(1, null), false],
    [{ to: null }, both(1, null), true],
    [{ to: new Set([1, 2]) }, both(new Set([1]), new Set([2, 1])), true],
    [{ from: { x: 1 }, to: Uint8Array.of(1) }, both({ x: 1 }, Uint8Array.of(1)), true],
  ])('%o', (options, record, expected) => {
    expect(changed<AnyChange>('a', options)(record)).toBe(expected);
  });

  test.each([
    [
      'an unknown option',
      () => changed<AnyChange>('a', { too: 1 } as never),
      'UNKNOWN_OPTION',
      /too is not an option.*from, to/,
    ],
    [
      'options that are no object',
      () => changed<AnyChange>('a', 'PAID' as never),
      'INVALID_OPTION',
      /"PAID"/,
    ],
    ['a list of options', () => changed<AnyChange>('a', [] as never), 'INVALID_OPTION', /an array/],
    ['no attribute', () => changed<AnyChange>(undefined as never), 'INVALID_OPTION', /undefined/],
    ['an empty attribute', () => changed<AnyChange>('' as never), 'INVALID_OPTION', /""/],
  ])('%s is refused when the condition is made', (_, make, code, message) => {
    expect(make).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringMatching(message) }),
    );
  });
});

test('changed refuses an object with images: it reads the stored values', () => {
  expect(() => changed<AnyChange>('a')({ newImage: { a: 1 }, oldImage: {} } as never)).toThrow(
    expect.objectContaining({ code: 'RECORD_REQUIRED', owner: 'changed' }),
  );
});

test.each([true, false])('expired agrees with the record: %s', (value) => {
  expect(expired({ eventName: 'REMOVE', expired: value })).toBe(value);
});

describe('not', () => {
  test('turns a condition round', () => {
    const isPaid: Condition<{ status: string }> = ({ status }) => status === 'PAID';
    expect(not(isPaid)({ status: 'OPEN' })).toBe(true);
    expect(not(isPaid)({ status: 'PAID' })).toBe(false);
    expect(not(not(isPaid))({ status: 'PAID' })).toBe(true);
  });

  test.each([undefined, null, true, 'expired', {}])('refuses %j', (condition) => {
    expect(() => not(condition as never)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code: 'INVALID_HANDLER' }),
    );
  });

  test('does not take a promise for true, which would skip every record in silence', () => {
    const condition = not((async () => false) as never);
    expect(() => condition({})).toThrow(expect.objectContaining({ code: 'ASYNC_CONDITION' }));
  });
});

describe('a condition', () => {
  // All of them are truthy, and none of them is an answer.
  test.each(UNFINISHED)('that gives %s is an error', async (_, made) => {
    expect(() => holds(made as never, {})).toThrow(
      expect.objectContaining({
        code: 'ASYNC_CONDITION',
        message: expect.stringMatching(/^A condition returned promises or a generator\. /),
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1));
  });

  test.each([
    [true, true],
    [1, true],
    ['x', true],
    [false, false],
    [undefined, false],
    [0, false],
    [null, false],
    [['match'], true],
    [{ next: 1 }, true],
  ])('that gives %j counts as %j', (given, expected) => {
    expect(holds((() => given) as never, {})).toBe(expected);
  });

  test.each([
    ['resolves', async () => true],
    ['rejects', async () => Promise.reject(new Error('unseen'))],
  ])('that gives a promise which %s is an error, and leaves no unhandled rejection', async (_, condition) => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      expect(() => holds(condition as never, {})).toThrow(
        expect.objectContaining({ name: 'ConfigurationError', code: 'ASYNC_CONDITION' }),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      process.off('unhandledRejection', listener);
    }
    expect(unhandled).toEqual([]);
  });
});

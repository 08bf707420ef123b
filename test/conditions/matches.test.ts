import { describe, expect, test } from 'vitest';
import { conditionData, mayHold, warningsOf } from '../../src/conditions/built-in.ts';
import {
  all,
  any,
  atLeast,
  type Condition,
  changed,
  eventPattern,
  expired,
  matches,
  missing,
  not,
  prefix,
  streamRouter,
} from '../../src/index.ts';
import type { LazyRecord } from '../../src/record/lazy-record.ts';
import { contextOf, eventOf, memoryLogger } from '../fixtures/events.ts';
import { type AnyChange, stored } from '../fixtures/stored-records.ts';

const ask = (condition: Condition<AnyChange>, record: LazyRecord): boolean =>
  condition(record as unknown as AnyChange);

const PAID = stored({
  keys: { pk: { S: 'C-1' }, sk: { S: 'ORDER#1' } },
  oldImage: { status: { S: 'OPEN' }, total: { N: '5' }, lines: { L: [{ M: { price: { N: '4' } } }] } },
  newImage: {
    status: { S: 'PAID' },
    total: { N: '5.0' },
    lines: { L: [{ M: { price: { N: '5' } } }] },
    'a.b': { BOOL: true },
  },
});

describe('matches', () => {
  test.each<[string, object, boolean]>([
    ['the new image', { newImage: { status: 'PAID' } }, true],
    ['the old image', { oldImage: { status: 'PAID' } }, false],
    [
      'both and the keys',
      { newImage: { total: atLeast(5) }, oldImage: { paidAt: missing() }, keys: { sk: prefix('ORDER#') } },
      true,
    ],
    ['all but one', { newImage: { total: atLeast(5) }, keys: { sk: prefix('LINE#') } }, false],
    ['a part that is undefined is not asked', { newImage: undefined, keys: { pk: 'C-1' } }, true],
  ])('%s', (_, pattern, expected) => {
    expect(ask(matches<AnyChange>(pattern), PAID)).toBe(expected);
  });

  test.each([
    ['oldImage', 'INSERT', 'NEW_AND_OLD_IMAGES'],
    ['newImage', 'REMOVE', 'NEW_AND_OLD_IMAGES'],
    ['oldImage', 'MODIFY', 'NEW_IMAGE'],
    ['newImage', 'MODIFY', 'OLD_IMAGE'],
    ['newImage', 'MODIFY', 'KEYS_ONLY'],
    ['newImage', 'MODIFY', 'NEW_AND_OLD_IMAGES'],
  ] as const)('fails a record without the %s: %s, %s', (part, eventName, viewType) => {
    const record = stored({ eventName, viewType });
    for (const value of ['x', missing()]) {
      expect(() => ask(matches<AnyChange>({ [part]: { a: value } }), record)).toThrow(
        expect.objectContaining({ name: 'InvalidRecordError', code: 'MISSING_IMAGE' }),
      );
    }
  });

  test('fails a record whose image is not a map', () => {
    const record = stored({ newImage: 'text' as never, oldImage: {} });
    expect(() => ask(matches<AnyChange>({ newImage: { a: missing() } }), record)).toThrow(
      expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: '(item)' }),
    );
  });

  test('unmarshalls nothing, and reads only what it asks for', () => {
    const record = stored({ newImage: { a: { S: 'x' }, b: { N: 'malformed' } }, oldImage: {} }, () => {
      throw new Error('a number was read');
    });
    expect(ask(matches<AnyChange>({ newImage: { a: 'x' } }), record)).toBe(true);
  });

  test('fails in a router that record alone', async () => {
    const router = streamRouter({ logger: memoryLogger() }).onInsert(
      matches({ newImage: { a: 5 } }),
      () => {},
    );
    const event = eventOf({ newImage: { a: { N: '5' } }, id: 'a' }, { newImage: { a: { N: 'x' } }, id: 'b' });
    const [, second] = event.Records;
    expect(await router(event, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: second?.dynamodb?.SequenceNumber }],
    });
  });

  test('refuses an object with images', () => {
    expect(() => matches<AnyChange>({ newImage: { a: 1 } })({ newImage: { a: 1 } } as never)).toThrow(
      expect.objectContaining({ code: 'RECORD_REQUIRED', owner: 'matches' }),
    );
  });

  test.each<[string, unknown, string, string]>([
    [
      'no part',
      {},
      'INVALID_OPTION',
      'matches: needs a pattern for at least one of newImage, oldImage, keys.',
    ],
    ['an unknown part', { image: { a: 1 } }, 'UNKNOWN_OPTION', 'matches: image is not an option.'],
    ['a text', 'PAID', 'INVALID_OPTION', 'matches: the options have to be an object, got "PAID".'],
    [
      'a part that is a text',
      { newImage: 'PAID' },
      'INVALID_OPTION',
      'matches: newImage has to be an object of attributes, got "PAID".',
    ],
    [
      'a part that is a matcher',
      { newImage: missing() },
      'INVALID_OPTION',
      'matches: newImage has to be an object of attributes',
    ],
    ['an empty pattern', { keys: {} }, 'INVALID_OPTION', 'matches: keys names no attribute.'],
    [
      'an empty pattern below',
      { newImage: { a: {} } },
      'INVALID_OPTION',
      'matches: newImage.a names no attribute.',
    ],
    [
      'a value that is undefined',
      { newImage: { a: undefined } },
      'INVALID_OPTION',
      'matches: newImage.a has to be a value that DynamoDB stores, or a matcher such as missing(), got undefined.',
    ],
    [
      'a Date',
      { newImage: { '["a.b"]': new Date(0) } },
      'INVALID_OPTION',
      'matches: newImage["a.b"] has to be a value',
    ],
    [
      'a path that is none',
      { newImage: { 'a[': 1 } },
      'INVALID_OPTION',
      'matches: newImage has to name attributes by their paths, such as status, lines[0].price or ["a.b"], got "a[".',
    ],
    [
      'a path into text',
      { newImage: { a: 'x', 'a.b': 1 } },
      'INVALID_OPTION',
      'matches: newImage.a.b goes into a, for which the pattern asks neither a map nor a list.',
    ],
    [
      'a path into text that a matcher asks for',
      { newImage: { 'a.b': 1, a: prefix('x') } },
      'INVALID_OPTION',
      'matches: newImage.a.b goes into a',
    ],
    [
      'a path into a key attribute',
      { keys: { 'pk.a': 1 } },
      'INVALID_OPTION',
      'matches: keys.pk.a goes into pk: a key attribute holds neither a map nor a list.',
    ],
  ])('%s is refused when the condition is made', (_, pattern, code, message) => {
    expect(() => matches<AnyChange>(pattern as never)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code,
        owner: 'matches',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('a path into a list that the pattern asks for is fine', () => {
    const pattern = { newImage: { lines: [{ price: 5 }], 'lines[0].price': atLeast(5) } };
    expect(ask(matches<AnyChange>(pattern), PAID)).toBe(true);
  });
});

describe('changed takes paths', () => {
  test.each<[unknown, object | undefined, boolean]>([
    ['status', undefined, true],
    ['total', undefined, false],
    ['lines', undefined, true],
    ['lines[0].price', undefined, true],
    ['lines[0].price', { from: 4, to: atLeast(5) }, true],
    ['lines[0].price', { to: atLeast(6) }, false],
    ['lines[1].price', undefined, false],
    ['lines.price', undefined, false],
    ['["a.b"]', { from: missing(), to: true }, true],
    ['a.b', undefined, false],
    [['total', 'lines'], undefined, true],
    [['total', 'nothing'], undefined, false],
    [['total', 'status'], { to: 'PAID' }, true],
    ['status', { from: prefix('O'), to: prefix('P') }, true],
    ['status', { from: prefix('P') }, false],
  ])('%j %o', (path, options, expected) => {
    expect(ask((changed as (...args: unknown[]) => Condition<AnyChange>)(path, options), PAID)).toBe(
      expected,
    );
  });

  test('and compares maps in from and to as patterns', () => {
    const record = stored({ oldImage: {}, newImage: { a: { M: { x: { N: '1' }, y: { N: '2' } } } } });
    expect(ask(changed<AnyChange>('a', { to: { x: 1 } }), record)).toBe(true);
    expect(ask(changed<AnyChange>('a', { to: { x: 1, z: 2 } }), record)).toBe(false);
    expect(ask(changed<AnyChange>('a', { to: { y: atLeast(2), z: missing() } }), record)).toBe(true);
  });

  test.each<[string, unknown, object | undefined, string]>([
    ['no path', undefined, undefined, 'changed: the value has to name attributes by their paths'],
    ['a number', 5, undefined, 'changed: the value has to name attributes by their paths'],
    ['an empty list', [], undefined, 'changed: the value has to name attributes by their paths'],
    ['a path that is none among others', ['a', 'b..c'], undefined, 'got "b..c".'],
    ['a list in front', '[0].a', undefined, 'got "[0].a".'],
    [
      'a name in brackets that is not JSON',
      '["\\x"]',
      undefined,
      'changed: the value has to name attributes',
    ],
    [
      'a value that is not stored',
      'a',
      { to: new Date(0) },
      'changed: to has to be a value that DynamoDB stores',
    ],
    ['a pattern with such a value', 'a', { from: { x: undefined } }, 'changed: from.x has to be a value'],
  ])('%s is refused', (_, path, options, message) => {
    expect(() => (changed as (...args: unknown[]) => unknown)(path, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
    );
  });

  test('a malformed attribute fails with its path', () => {
    const record = stored({ oldImage: {}, newImage: { a: { L: [{ N: 'x' }] } } });
    expect(() => ask(changed<AnyChange>('a[0]', { to: 5 }), record)).toThrow(
      expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: 'a[0]' }),
    );
  });
});

const YES = matches<AnyChange>({ newImage: { status: 'PAID' } });
const NO = matches<AnyChange>({ newImage: { status: 'OPEN' } });
const BROKEN: Condition<AnyChange> = () => {
  throw new Error('asked');
};

describe('all, any and not', () => {
  const mine =
    (answer: unknown): Condition<AnyChange> =>
    () =>
      answer as boolean;

  test.each<[string, Condition<AnyChange>, boolean]>([
    ['all that hold', all(YES, mine(true), YES), true],
    ['all with one that does not', all(YES, mine(false), BROKEN), false],
    ['any with one that holds', any(NO, mine(1), BROKEN), true],
    ['any of none that holds', any(NO, mine(0)), false],
    ['not', not(all(YES, any(NO, YES))), false],
  ])('%s', (_, condition, expected) => {
    expect(ask(condition, PAID)).toBe(expected);
  });

  test.each([
    ['all', () => all()],
    ['any', () => any()],
    ['all', () => all(YES, undefined as never)],
    ['any', () => any(true as never)],
  ])('%s refuses a value that is not a condition', (owner, make) => {
    expect(make).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code: 'INVALID_HANDLER', owner }),
    );
  });

  test.each([
    ['all', all],
    ['any', any],
  ])('%s does not take a promise for an answer', (_, combine) => {
    const condition = combine<AnyChange>((async () => false) as never, YES);
    expect(() => ask(condition, PAID)).toThrow(expect.objectContaining({ code: 'ASYNC_CONDITION' }));
  });

  test('pass on the warnings of an event pattern', () => {
    const untyped = eventPattern<AnyChange>({ dynamodb: { NewImage: { status: ['PAID'] } } });
    for (const condition of [all(YES, untyped), any(untyped, YES), not(not(untyped))]) {
      expect(warningsOf(condition)).toEqual([expect.objectContaining({ code: 'NEVER_MATCHES' })]);
    }
    expect(warningsOf(all(YES, not(mine(true))))).toEqual([]);
    expect(warningsOf(undefined)).toEqual([]);
  });
});

describe('a router can ask the built-in parts alone', () => {
  test.each<[string, Condition<AnyChange> | undefined, boolean]>([
    ['no condition', undefined, true],
    ['a predicate', BROKEN, true],
    ['a condition that holds', YES, true],
    ['a condition that does not', NO, false],
    ['changed', changed<AnyChange>('total'), false],
    ['eventPattern', eventPattern<AnyChange>({ eventName: ['INSERT'] }), false],
    ['expired', expired as never, false],
    ['all with a predicate', all(BROKEN, YES), true],
    ['all with a predicate and one that does not hold', all(BROKEN, NO), false],
    ['any with a predicate', any(NO, BROKEN), true],
    ['any of none that holds', any(NO, NO), false],
    ['not of a predicate', not(BROKEN), true],
    ['not of one that holds', not(YES), false],
    ['not of all with a predicate', not(all(YES, BROKEN)), true],
    ['not of any with one that holds', not(any(YES, BROKEN)), false],
    ['not of all with one that does not hold', not(all(NO, BROKEN)), true],
  ])('%s', (_, condition, expected) => {
    expect(mayHold(condition, PAID)).toBe(expected);
  });

  test('and fails where they cannot be answered', () => {
    const insert = stored({ eventName: 'INSERT', newImage: {} });
    expect(() => mayHold(all(BROKEN, changed<AnyChange>('a')), insert)).toThrow(
      expect.objectContaining({ code: 'MISSING_IMAGE' }),
    );
  });
});

test('a condition carries what it asks for as data', () => {
  const data = conditionData(
    all(matches<AnyChange>({ newImage: { 'a.b': prefix('x') } }), changed<AnyChange>(['s', 't'], { to: 5 })),
  );
  expect(data).toMatchObject({ kind: 'all' });
  const [first, second] = (data as unknown as { conditions: unknown[] }).conditions.map(conditionData);
  expect(first).toMatchObject({
    kind: 'matches',
    parts: [
      {
        part: 'newImage',
        match: { entries: [{ steps: ['a', 'b'], matcher: { kind: 'prefix', operands: ['x'] } }] },
      },
    ],
  });
  expect(second).toMatchObject({
    kind: 'changed',
    paths: [{ path: 's' }, { path: 't' }],
    from: undefined,
    to: { kind: 'equals', operands: [5] },
  });
  expect(conditionData(not(expired))).toMatchObject({ kind: 'not', conditions: [expired] });
  expect(conditionData(expired)).toMatchObject({ kind: 'expired' });
  expect(conditionData(eventPattern({ eventName: ['INSERT'] }))).toMatchObject({
    kind: 'eventPattern',
    pattern: '{"eventName":["INSERT"]}',
  });
  expect(conditionData(() => true)).toBeUndefined();
});

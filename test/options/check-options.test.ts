import { describe, expect, test } from 'vitest';
import { BOOLEAN, type Checks, FUNCTION, TEXT } from '../../src/options/check.ts';
import {
  checkOptions,
  rejectUnknownOptions,
  requireArgument,
  requireOption,
} from '../../src/options/check-options.ts';

describe('rejectUnknownOptions', () => {
  test.each([{}, { a: 1 }, { a: undefined, b: null }])('takes %o', (options) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).not.toThrow();
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'UNKNOWN_OPTION', 'owner: c is not an option. Known options: a, b.'],
    [{ a: 1, C: undefined }, 'UNKNOWN_OPTION', 'owner: C is not an option. Known options: a, b.'],
    [{ constructor: 1 }, 'UNKNOWN_OPTION', 'owner: constructor is not an option. Known options: a, b.'],
    [undefined, 'INVALID_OPTION', 'owner: the options have to be an object, got undefined.'],
    [null, 'INVALID_OPTION', 'owner: the options have to be an object, got null.'],
    ['a', 'INVALID_OPTION', 'owner: the options have to be an object, got "a".'],
    [[], 'INVALID_OPTION', 'owner: the options have to be an object, got an array.'],
    [() => {}, 'INVALID_OPTION', 'owner: the options have to be an object, got a function.'],
    [Promise.resolve({}), 'INVALID_OPTION', 'owner: the options have to be an object, got a Promise.'],
    [new Map([['a', 1]]), 'INVALID_OPTION', 'owner: the options have to be an object, got a Map.'],
  ])('refuses %o', (options, code, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message, owner: 'owner' }),
    );
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'c', 'owner: c is not an option. Known options: a, b.'],
    [{ a: 1, C: undefined }, 'C', 'owner: C is not an option. Known options: a, b.'],
  ])('names the option as data: %o', (options, option, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({ option, message }),
    );
  });

  test.each<[what: string, options: object]>([
    ['a prototype', Object.create({ a: 1 })],
    [
      'a getter of a class',
      new (class {
        get a() {
          return 1;
        }
      })(),
    ],
    [
      'a method of a class',
      new (class {
        a() {}
      })(),
    ],
  ])('refuses an option from %s, as a copy of the options would not have it', (_, options) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        owner: 'owner',
        option: 'a',
        message: 'owner: a is inherited. Pass an object that has the option itself.',
      }),
    );
    expect(() => rejectUnknownOptions('owner', options, ['b'])).not.toThrow();
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'a.b.c', 'owner: a.b.c is not an option. Known options: a, b.'],
    [7, 'a.b', 'owner: a.b has to be an object, got 7.'],
  ])('names the path of what lies within another option: %o', (options, option, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'], 'a.b')).toThrow(
      expect.objectContaining({ owner: 'owner', option, message }),
    );
  });
});

describe('checkOptions', () => {
  const checks: Checks = { flag: BOOLEAN, name: TEXT };

  test.each([{}, { flag: false }, { flag: undefined, name: 'a' }])('takes %o', (options) => {
    expect(() => checkOptions('owner', options, checks)).not.toThrow();
  });

  test.each<[what: string, options: unknown, option: string | undefined, code: string, message: string]>([
    ['no options', null, undefined, 'INVALID_OPTION', 'owner: the options have to be an object, got null.'],
    [
      'a typo',
      { nam: 'a' },
      'nam',
      'UNKNOWN_OPTION',
      'owner: nam is not an option. Known options: flag, name.',
    ],
    [
      'a name of Object.prototype',
      { constructor: 1 },
      'constructor',
      'UNKNOWN_OPTION',
      'owner: constructor is not an option. Known options: flag, name.',
    ],
    ['a wrong value', { flag: 1 }, 'flag', 'INVALID_OPTION', 'owner: flag has to be true or false, got 1.'],
    ['null', { name: null }, 'name', 'INVALID_OPTION', 'owner: name has to be text, got null.'],
  ])('refuses %s, and names owner and option as data', (_, options, option, code, message) => {
    const error = thrownBy(() => checkOptions('owner', options, checks));
    expect(error).toMatchObject({ name: 'ConfigurationError', code, owner: 'owner', message });
    expect((error as { option?: string }).option).toBe(option);
  });

  test('leaves others to be checked elsewhere, and names them', () => {
    expect(() => checkOptions('owner', { other: 1 }, checks, { others: ['other'] })).not.toThrow();
    expect(() => checkOptions('owner', { a: 1 }, checks, { others: ['other'] })).toThrow(
      'Known options: flag, name, other.',
    );
  });

  test('names the path of a nested option', () => {
    expect(thrownBy(() => checkOptions('owner', { flag: 1 }, checks, { path: 'backoff' }))).toMatchObject({
      option: 'backoff.flag',
      message: 'owner: backoff.flag has to be true or false, got 1.',
    });
  });
});

describe('a required value', () => {
  test('is refused when it is undefined', () => {
    expect(thrownBy(() => requireOption('owner', 'name', undefined, TEXT))).toMatchObject({
      code: 'INVALID_OPTION',
      option: 'name',
      message: 'owner: name has to be text, got undefined.',
    });
  });

  test('is taken when its check accepts it', () => {
    expect(() => requireOption('owner', 'name', 'a', TEXT)).not.toThrow();
    expect(() => requireArgument('owner', 'handler', () => {}, FUNCTION)).not.toThrow();
  });

  test('that is an argument belongs to no option', () => {
    const advice = { code: 'INVALID_HANDLER', remedy: 'Use owner(handler).' } as const;
    const error = thrownBy(() => requireArgument('owner', 'handler', 5, FUNCTION, advice));
    expect(error).toMatchObject({
      code: 'INVALID_HANDLER',
      owner: 'owner',
      message: 'owner: the handler has to be a function, got 5. Use owner(handler).',
    });
    expect(error).not.toHaveProperty('option');
  });
});

function thrownBy(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

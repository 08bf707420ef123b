import { expect, test } from 'vitest';
import { thrownText } from '../../src/failure/thrown-text.ts';
import { HOSTILE } from '../fixtures/hostile.ts';

const hostile = { toString: 1, valueOf: 1 };

test.each<[string, unknown, string]>([
  ['an error', new RangeError('too far'), 'RangeError: too far'],
  ['text', 'no stock', 'no stock'],
  ['undefined', undefined, 'undefined'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['an object without a prototype', Object.create(null), 'a value of type object'],
  ['an object that cannot be text', hostile, 'a value of type object'],
  [
    'an error whose fields cannot be text',
    Object.assign(new Error(''), { name: hostile, message: hostile }),
    'a value of type object: a value of type object',
  ],
  ['an error that cannot be read', HOSTILE[2]?.[1], 'Error: (its message cannot be read)'],
  ['an error without a message', new RangeError(''), 'RangeError'],
  ['an error without a name', Object.assign(new Error('no'), { name: '' }), 'no'],
  ['an error without both', Object.assign(new Error(''), { name: '' }), 'Error'],
  ['a revoked Proxy', HOSTILE[0]?.[1], 'a value of type object'],
])('%s that was thrown becomes text', (_name, thrown, text) => {
  expect(thrownText(thrown)).toBe(text);
});

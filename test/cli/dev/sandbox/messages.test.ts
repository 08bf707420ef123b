import { expect, test } from 'vitest';
import { plainError } from '../../../../src/cli/dev/sandbox/messages.ts';
import { HOSTILE } from '../../../fixtures/hostile.ts';

const hostile = { toString: 1 };

test.each<[string, unknown, object]>([
  [
    'an error',
    Object.assign(new RangeError('far'), { stack: 'at x' }),
    { name: 'RangeError', message: 'far', stack: 'at x' },
  ],
  [
    'an error without a stack',
    Object.assign(new Error('far'), { stack: undefined }),
    { name: 'Error', message: 'far', stack: '' },
  ],
  [
    'an error whose fields are not text',
    Object.assign(new Error(''), { name: hostile, message: 5, stack: null }),
    { name: 'a value of type object', message: '5', stack: 'null' },
  ],
  ['text', 'no', { name: 'Error', message: 'The handler threw no.', stack: '' }],
  [
    'what cannot be text',
    hostile,
    { name: 'Error', message: 'The handler threw a value of type object.', stack: '' },
  ],
  [
    'an error that cannot be read',
    HOSTILE[2]?.[1],
    { name: 'Error', message: '(its message cannot be read)', stack: '' },
  ],
  [
    'a revoked Proxy',
    HOSTILE[0]?.[1],
    { name: 'Error', message: 'The handler threw a value of type object.', stack: '' },
  ],
])('%s can cross to another thread', (_name, thrown, plain) => {
  expect(structuredClone(plainError(thrown))).toEqual(plain);
});

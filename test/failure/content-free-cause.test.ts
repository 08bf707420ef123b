import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { contentFreeCause, isInstance, nameOf, requestCause } from '../../src/failure/content-free-cause.ts';
import { HOSTILE } from '../fixtures/hostile.ts';

const SECRET = 'hunter2';
const shown = (value: unknown) => inspect(value, { showHidden: true, depth: 9 });

class ValidationException extends Error {
  override readonly name = 'ValidationException';
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400, requestId: 'request-1', attempts: 1, cfId: SECRET };
  readonly Item = { secret: { S: SECRET } };
}

describe('a cause that a log may show', () => {
  test.each<[string, unknown]>([
    ['a message', new TypeError(`not ${SECRET}`)],
    [
      'a message that looks like stack frames',
      new Error(`no\n    at ${SECRET} (x.js:1:1)\n    at ${SECRET}`),
    ],
    ['a message that was set later', Object.assign(new Error(SECRET), { message: 'other' })],
    ['a message that was emptied', Object.assign(new Error(SECRET), { message: '' })],
    ['a message that is not text', Object.assign(new Error(SECRET), { message: { SECRET } })],
    ['a cause', new Error('outer', { cause: new Error(SECRET) })],
    ['properties', new ValidationException(`one or more values: ${SECRET}`)],
    ['a text', SECRET],
    ['an item', { secret: SECRET }],
    ['an item that has a message', { message: SECRET, stack: SECRET, name: { SECRET }, code: { SECRET } }],
    ['nothing', undefined],
    ['null', null],
  ])('shows nothing of %s', (_, thrown) => {
    expect(shown(contentFreeCause(thrown))).not.toContain(SECRET);
  });

  const refused = Object.assign(new ValidationException(`one\nor more: ${SECRET}`), { code: 'E_CODE' });

  test('keeps the name, the code and the frames', () => {
    const { cause } = contentFreeCause(refused);
    expect(cause).toBeInstanceOf(Error);
    expect(cause).toMatchObject({ name: 'ValidationException', code: 'E_CODE' });
    expect(Object.keys(cause as Error)).not.toContain('$metadata');
    expect(cause?.stack).toContain('content-free-cause.test.ts');
  });

  test('keeps the fault and the request of a failed request too', () => {
    const { cause } = requestCause(refused, 'left out');
    expect(cause).toMatchObject({
      name: 'ValidationException',
      message: 'left out',
      code: 'E_CODE',
      $fault: 'client',
      $metadata: { httpStatusCode: 400, requestId: 'request-1' },
    });
    expect(shown(cause)).not.toContain(SECRET);
    expect(requestCause(undefined)).toEqual({});
  });

  test('has no frames where the message was set after the stack was made', () => {
    const error = new Error('first');
    expect(error.stack).toContain('first');
    error.message = 'secret';
    const { cause } = contentFreeCause(error, 'left out');
    expect(cause?.stack).toBe('Error: left out');
  });

  test('is absent where nothing useful is left', () => {
    for (const thrown of [undefined, null, 'text', 5, { secret: 1 }])
      expect(contentFreeCause(thrown)).toEqual({});
  });
});

test.each([
  [new TypeError('x'), 'TypeError'],
  [{ name: 5 }, 'Error'],
  ['text', 'Error'],
  [undefined, 'Error'],
])('the name of %o is %s', (thrown, name) => {
  expect(nameOf(thrown)).toBe(name);
});

test('what throws when it is read has no parts', () => {
  const thrown = new Proxy(new Error('secret'), {
    get() {
      throw new Error('read');
    },
  });
  expect(nameOf(thrown)).toBe('Error');
  expect(contentFreeCause(thrown)).toEqual({});
});

test('an instance belongs to its class or a subclass; values that throw when they are read do not', () => {
  expect(isInstance(new TypeError(), Error)).toBe(true);
  expect(isInstance(new Error(), TypeError)).toBe(false);
  expect([undefined, null, 'text', {}].map((value) => isInstance(value, Error))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(HOSTILE.map(([, value]) => isInstance(value, TypeError))).toEqual([false, false, false]);
});

import { inspect } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { ValidationError } from '../../src/errors.ts';
import { checkBoth, checkImage, imageChecks } from '../../src/record/schema.ts';

const SECRET = 'very-secret-content';

const SYNC: readonly [string, StandardSchemaV1][] = [
  ['zod', z.object({ id: z.string(), lines: z.array(z.object({ price: z.number() })), 'a.b': z.boolean() })],
  [
    'valibot',
    v.object({ id: v.string(), lines: v.array(v.object({ price: v.number() })), 'a.b': v.boolean() }),
  ],
  ['arktype', type({ id: 'string', lines: type({ price: 'number' }).array(), 'a.b': 'boolean' })],
];
const ASYNC: readonly [string, StandardSchemaV1][] = [
  ['zod', z.object({ id: z.string().refine(async (id) => id !== SECRET) })],
  [
    'valibot',
    v.objectAsync({
      id: v.pipeAsync(
        v.string(),
        v.checkAsync(async (id) => id !== SECRET),
      ),
    }),
  ],
];

const good = { id: 'a', lines: [{ price: 1 }], 'a.b': true };
const bad = { id: 5, lines: [{ price: 1 }, { price: SECRET }], 'a.b': SECRET };

/** A schema made by hand, for answers that a library gives only by accident. */
function schemaOf(validate: (value: unknown) => unknown): StandardSchemaV1 {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: validate as StandardSchemaV1['~standard']['validate'],
    },
  };
}

function caught(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a synchronous schema answers at once', () => {
  test.each(SYNC)('%s: with its output', (_, schema) => {
    expect(checkImage(schema, 'newImage', good)).toEqual(good);
    expect(imageChecks(schema).now('newImage', good)).toEqual(good);
  });

  test.each(SYNC)('%s: or with the paths that it refused, never the values', (_, schema) => {
    const error = caught(() => checkImage(schema, 'oldImage', bad)) as Error & { paths: string[] };
    expect(error).toMatchObject({ name: 'ValidationError', code: 'VALIDATION_FAILED', retryable: false });
    expect([...error.paths].sort()).toEqual(['["a.b"]', 'id', 'lines[1].price']);
    expect(error.message).toMatch(/^The oldImage does not fit the table's schema at /);
    expect(error.message).toContain('lines[1].price');
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET);
  });
});

describe('an asynchronous schema answers with a promise', () => {
  test.each(ASYNC)('%s: of its output', async (_, schema) => {
    const answer = checkImage(schema, 'newImage', { id: 'a' });
    expect(answer).toBeInstanceOf(Promise);
    await expect(answer).resolves.toEqual({ id: 'a' });
  });

  test.each(ASYNC)('%s: or of the paths that it refused', async (_, schema) => {
    await expect(checkImage(schema, 'newImage', { id: SECRET })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      paths: ['id'],
      message: expect.not.stringContaining(SECRET),
    });
  });

  test.each(ASYNC)('%s: a read of a property cannot await it', (_, schema) => {
    for (const id of ['a', SECRET]) {
      expect(caught(() => imageChecks(schema).now('newImage', { id }))).toMatchObject({
        name: 'ConfigurationError',
        code: 'ASYNC_SCHEMA',
        message: expect.stringContaining('make the schema synchronous'),
      });
    }
  });
});

describe('a path is written as everywhere else', () => {
  test.each<[string, StandardSchemaV1.Issue['path'] | readonly unknown[], string]>([
    ['no path', undefined, '(item)'],
    ['an empty path', [], '(item)'],
    ['keys', ['lines', 2, 'price'], 'lines[2].price'],
    ['segments', [{ key: 'lines' }, { key: 2 }], 'lines[2]'],
    ['a dotted name', ['a.b'], '["a.b"]'],
    ['a symbol', [Symbol('tag')], 'Symbol(tag)'],
    ['an element of a set, which has no key', [{ key: 'tags' }, { key: null }], 'tags'],
  ])('%s', (_, path, expected) => {
    const schema = schemaOf(() => ({ issues: [{ message: SECRET, path }] }));
    expect(caught(() => checkImage(schema, 'newImage', {}))).toMatchObject({
      paths: [expected],
      message: expect.not.stringContaining(SECRET),
    });
  });

  test('as valibot gives it for a set', () => {
    const schema = v.object({ tags: v.set(v.string()) });
    const error = caught(() => checkImage(schema, 'newImage', { tags: new Set(['a', 5]) }));
    expect(error).toMatchObject({ paths: ['tags'] });
  });
});

/** An object with a property that throws when it is read. */
function unreadable(name: string): object {
  return Object.defineProperty({}, name, {
    get() {
      throw new Error(SECRET);
    },
  });
}

describe('a result outside the Standard Schema specification is a ValidationError', () => {
  const refused = (result: unknown) =>
    caught(() =>
      checkImage(
        schemaOf(() => result),
        'newImage',
        {},
      ),
    );

  test.each<[unknown]>([
    [undefined],
    [null],
    [true],
    ['value'],
    [7],
    [() => true],
    [{}],
    [[]],
    [{ issues: undefined }],
  ])('that finds fault with the schema, not the item: %o', async (result) => {
    const found = {
      name: 'ValidationError',
      code: 'VALIDATION_FAILED',
      retryable: true,
      paths: [],
      message: expect.stringMatching(
        /schema returned neither a value nor issues for the newImage.*Correct the schema/,
      ),
    };
    expect(refused(result)).toMatchObject(found);
    await expect(refusedLater(result)).resolves.toMatchObject(found);
  });

  test.each<[string, () => unknown]>([
    ['value', () => ({ value: Promise.resolve({ id: '1' }) })],
    ['value that rejects', () => ({ value: Promise.reject(new Error('Nothing waits for it.')) })],
    ['issues', () => ({ issues: Promise.resolve([]), value: {} })],
    ['issues that reject', () => ({ issues: Promise.reject(new Error('Nothing waits for them.')) })],
  ])('that finds fault with a schema that has not awaited its %s', async (_, result) => {
    const found = { name: 'ValidationError', retryable: true, paths: [] };
    expect(refused(result())).toMatchObject(found);
    await expect(refusedLater(result())).resolves.toMatchObject(found);
    // An unhandled rejection would fail the test run.
    await new Promise(setImmediate);
  });

  const refusedLater = (result: unknown) =>
    Promise.resolve(
      checkImage(
        schemaOf(async () => result),
        'newImage',
        {},
      ),
    ).catch((error: unknown) => error);

  test.each<[unknown, readonly string[]]>([
    [[], ['(item)']],
    [true, ['(item)']],
    ['bad', ['(item)']],
    [{ length: 1 }, ['(item)']],
    [new Array(2), ['(item)']],
    [[null, undefined, 'bad', 5], ['(item)']],
    [[{ path: null }], ['(item)']],
    [[unreadable('path')], ['(item)']],
    [[{ path: ['id', unreadable('key')] }], ['id']],
    [[{ path: 'id' }], ['(item)']],
    [[{ path: { length: 1 } }], ['(item)']],
    [[{ path: [null, 'id'] }], ['id']],
    [[{ path: ['lines', undefined, 2, {}, { key: {} }, { key: 'price' }, true, 1n] }], ['lines[2].price']],
    [
      [{ path: ['a'] }, { path: ['b'] }, { path: ['a'] }],
      ['a', 'b'],
    ],
  ])('that names the places it can: issues %o', async (issues, paths) => {
    const found = { name: 'ValidationError', code: 'VALIDATION_FAILED', retryable: false, paths };
    expect(refused({ issues })).toMatchObject(found);
    await expect(refusedLater({ issues, value: 1 })).resolves.toMatchObject(found);
  });
});

describe('a ValidationError with many issues', () => {
  const places = (count: number) => Array.from({ length: count }, (_, index) => ({ path: ['lines', index] }));
  const errorOf = (issues: readonly object[]) =>
    caught(() =>
      checkImage(
        schemaOf(() => ({ issues })),
        'newImage',
        {},
      ),
    ) as ValidationError;

  test('names ten places and counts the rest', () => {
    expect(errorOf(places(10)).message).toContain(' at lines[0], lines[1], ');
    expect(errorOf(places(10)).message).toContain(', lines[9]. ');
    expect(errorOf(places(11)).message).toContain(', lines[9] and 1 more. ');
    expect(errorOf(places(10_000)).message).toContain(', lines[9] and 9990 more. ');
  });

  test('has them all in paths, which loggers do not write', () => {
    const error = errorOf(places(10_000));
    expect(error.paths).toHaveLength(10_000);
    const { message, stack, ...own } = error;
    for (const shown of [inspect(error), JSON.stringify({ ...own, message }), JSON.stringify(error)]) {
      expect(shown.length).toBeLessThan(4000);
      expect(shown).not.toContain('lines[10]');
    }
  });

  test('cuts names that are long', () => {
    const long = 'x'.repeat(64 * 1024);
    const error = errorOf([{ path: [long] }, { path: [`y${long}`] }]);
    expect(error.message).toContain(`${'x'.repeat(200)}..., y`);
    expect(error.message.length).toBeLessThan(1000);
    expect(error.paths[0]).toBe(long);
  });
});

test('issues that are falsy are success, as Standard Schema says', () => {
  expect(
    checkImage(
      schemaOf(() => ({ value: 1, issues: null })),
      'newImage',
      {},
    ),
  ).toBe(1);
});

test('a thenable of any kind is waited for', async () => {
  const schema = schemaOf((value) => ({
    // biome-ignore lint/suspicious/noThenProperty: the point of this test
    then: (resolve: (result: unknown) => void) => resolve({ value }),
  }));
  await expect(checkImage(schema, 'newImage', 7)).resolves.toBe(7);
});

test('an error of the schema is thrown unchanged', () => {
  const error = new Error('broken schema');
  const schema = schemaOf(() => {
    throw error;
  });
  expect(caught(() => checkImage(schema, 'newImage', {}))).toBe(error);
});

describe('checkBoth', () => {
  const later = async (ms: number, outcome: () => unknown) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return outcome();
  };
  const fails = (what: string) => (): never => {
    throw what;
  };

  test.each<[string, () => unknown, () => unknown, unknown]>([
    ['both at once', () => 1, () => 2, [1, 2]],
    ['the new one later', () => later(1, () => 1), () => 2, [1, 2]],
    ['the old one later', () => 1, () => later(1, () => 2), [1, 2]],
    ['both later', () => later(2, () => 1), () => later(1, () => 2), [1, 2]],
  ])('gives what both come to: %s', async (_, newImage, oldImage, expected) => {
    expect(await checkBoth((image) => (image === 'newImage' ? newImage() : oldImage()))).toEqual(expected);
  });

  test.each<[string, () => unknown, () => unknown, string]>([
    ['the new one fails first', () => later(1, fails('new')), () => later(10, () => 2), 'new'],
    ['the old one fails first', () => later(10, () => 1), () => later(1, fails('old')), 'old'],
    ['the old one fails at once', () => later(10, () => 1), fails('old'), 'old'],
    ['both fail', () => later(10, fails('new')), () => later(1, fails('old')), 'new'],
  ])('waits for the other one: %s', async (_, newImage, oldImage, expected) => {
    let running = 0;
    const counted = async (result: unknown) => {
      running++;
      try {
        return await result;
      } finally {
        running--;
      }
    };
    const check = (image: string): unknown => {
      const result = image === 'newImage' ? newImage() : oldImage();
      return result instanceof Promise ? counted(result) : result;
    };
    await expect(checkBoth(check)).rejects.toBe(expected);
    expect(running).toBe(0);
  });

  test('starts no second check where the first one has failed at once', () => {
    const checked: string[] = [];
    const check = (image: string): never => {
      checked.push(image);
      throw image;
    };
    expect(() => checkBoth(check)).toThrow('newImage');
    expect(checked).toEqual(['newImage']);
  });
});

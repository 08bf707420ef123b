import { describe, expect, test } from 'vitest';
import { thrownError } from '../../src/dead-letter/thrown-error.ts';

describe('a thrown value', () => {
  test.each<[unknown, string]>([
    [undefined, 'The handler threw undefined.'],
    [null, 'The handler threw null.'],
    [0, 'The handler threw 0.'],
    [false, 'The handler threw false.'],
    [{ status: 500 }, 'The handler threw an object.'],
    ['', ''],
    ['no stock', 'no stock'],
  ])('%j is described', (thrown, message) => {
    expect(thrownError(thrown)).toEqual({ name: 'NonError', message });
  });

  test('is described with its causes, three of them at most', () => {
    const chain = [1, 2, 3, 4, 5].reduceRight<Error | undefined>(
      (cause, depth) => new Error(`depth ${depth}`, cause && { cause }),
      undefined,
    );
    const messages: string[] = [];
    for (
      let error = thrownError(chain) as ReturnType<typeof thrownError> | undefined;
      error;
      error = error.cause
    )
      messages.push(error.message);
    expect(messages).toEqual(['depth 1', 'depth 2', 'depth 3', 'depth 4']);
  });

  test('may name itself as its cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(thrownError(error)).match(/round/g)?.length).toBeGreaterThan(1);
  });

  test('cannot make the letter too large', () => {
    const error = Object.assign(new Error('x'.repeat(1_000_000)), { name: 5, code: 7 });
    const described = thrownError(error);
    expect(described).toMatchObject({ name: 'Error', message: `${'x'.repeat(4096)}...` });
    expect(JSON.stringify(described).length).toBeLessThan(10_000);
    expect(described).not.toHaveProperty('code');
  });

  test('may be what only looks like an error, of another realm', () => {
    expect(thrownError({ name: 'Foreign', message: 'far away' })).toEqual({
      name: 'Foreign',
      message: 'far away',
    });
  });
});

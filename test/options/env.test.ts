import { afterEach, describe, expect, test, vi } from 'vitest';
import { env } from '../../src/index.ts';
import { readEnv, showEnv, TEXT_OR_ENV } from '../../src/options/env.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([[''], [undefined], [7], [null]])('a variable needs a name: %j', (name) => {
  expect(() => env(name as string)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code: 'INVALID_OPTION' }),
  );
});

test.each<[what: string, value: unknown, accepted: boolean]>([
  ['text', 'a', true],
  ['a variable', env('A'), true],
  ['an empty text', '', false],
  ['a variable without a name', { environmentVariable: '' }, false],
  ['null', null, false],
  ['another object', {}, false],
  ['a number', 7, false],
])('%s can take the place of an ARN, a URL or a name: %j %s', (_, value, accepted) => {
  expect(TEXT_OR_ENV.accepts(value)).toBe(accepted);
});

describe('a variable', () => {
  test('is read when it is needed, every time', () => {
    const variable = env('STREAMLANE_TEST');
    vi.stubEnv('STREAMLANE_TEST', 'one');
    expect([readEnv('o', 'p', variable), showEnv(variable)]).toEqual(['one', 'one']);
    vi.stubEnv('STREAMLANE_TEST', 'two');
    expect(readEnv('o', 'p', variable)).toBe('two');
  });

  test.each([undefined, ''])('that is not set is named by its error: %j', (value) => {
    vi.stubEnv('STREAMLANE_TEST', value);
    expect(() => readEnv('snsTopic', 'topicArn', env('STREAMLANE_TEST'))).toThrow(
      expect.objectContaining({
        code: 'MISSING_ENVIRONMENT_VARIABLE',
        message: expect.stringContaining(
          "snsTopic: topicArn is env('STREAMLANE_TEST'), and the environment variable STREAMLANE_TEST is not set.",
        ),
      }),
    );
    expect(showEnv(env('STREAMLANE_TEST'))).toBe("env('STREAMLANE_TEST')");
  });

  test.each(['constructor', '__proto__', 'toString'])('is not what the environment inherits: %s', (name) => {
    expect(() => readEnv('snsTopic', 'topicArn', env(name))).toThrow(
      expect.objectContaining({ code: 'MISSING_ENVIRONMENT_VARIABLE' }),
    );
    expect(showEnv(env(name))).toBe(`env('${name}')`);
  });

  test('is not needed for text', () => {
    expect([readEnv('o', 'p', 'text'), readEnv('o', 'p', ''), showEnv('text')]).toEqual(['text', '', 'text']);
  });
});

import { describe, expect, test } from 'vitest';
import { ConfigurationError, SinkError } from '../../src/errors.ts';
import { isExhausted, isPermanent, isSystemic, markExhausted } from '../../src/failure/failure.ts';
import { HOSTILE } from '../fixtures/hostile.ts';

const wrong = new ConfigurationError('INVALID_OPTION', 'is wrong.');
const refusesAll = new SinkError('SINK_REQUEST_FAILED', false, 't', 'm');
const refusesOne = new SinkError('SINK_ENTRY_REFUSED', false, 't', 'm');

test.each<[what: string, thrown: unknown, permanent: boolean]>([
  ['retryable: false', { retryable: false }, true],
  ['retryable: true', { retryable: true }, false],
  ['retryable: 0', { retryable: 0 }, false],
  ['an error that does not say', new Error(), false],
  ['nothing', undefined, false],
  ['null', null, false],
  ['a function', Object.assign(() => {}, { retryable: false }), false],
])('%s is permanent, or is not', (_, thrown, permanent) => {
  expect(isPermanent(thrown)).toBe(permanent);
});

test.each<[what: string, thrown: unknown, all: boolean]>([
  ['a wrong configuration', wrong, true],
  ['a target that takes nothing', refusesAll, true],
  ['a message that was refused', refusesOne, false],
  ['another error', new Error(), false],
  ['nothing', undefined, false],
  ['null', null, false],
  ['an error that wraps one', new Error('outer', { cause: wrong }), true],
  ['an error that wraps several', new AggregateError([new Error(), refusesAll]), true],
  ['errors that are not a list', { errors: wrong }, false],
  ['a sink that has judged what it wraps', Object.assign(refusesOne, { cause: wrong }), false],
])('%s concerns all records, or does not', (_, thrown, all) => {
  expect(isSystemic(thrown)).toBe(all);
});

describe.each(HOSTILE)('%s', (_, thrown) => {
  test('that was thrown is an error like any other, and can be put aside', () => {
    expect(isPermanent(thrown)).toBe(false);
    expect(isSystemic(thrown)).toBe(false);
    expect(isSystemic(new Error('outer', { cause: thrown }))).toBe(false);
    const record = {};
    markExhausted(record, thrown);
    expect(isExhausted(record, thrown)).toBe(true);
  });
});

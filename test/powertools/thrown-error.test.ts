import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { errorOf } from '../../src/powertools/thrown-error.ts';
import { HOSTILE } from '../fixtures/hostile.ts';

const own = new RangeError('far');
const foreign: unknown = runInNewContext('new Error("far")');

test.each([
  ['an error', own],
  ['an error of another realm', foreign],
])('%s stays the same object', (_, thrown) => {
  expect(errorOf(thrown)).toBe(thrown);
});

test.each<[what: string, thrown: unknown, message: string]>([
  ['text', 'no stock', 'no stock'],
  ['undefined', undefined, 'The record handler threw undefined.'],
  ['null', null, 'The record handler threw null.'],
  ['a number', 5, 'The record handler threw 5.'],
  ['an object', { secret: 'hunter2' }, 'The record handler threw an object.'],
  ['what looks like an error', { message: 'hunter2' }, 'The record handler threw an object.'],
])('%s becomes an error with it as its cause', (_, thrown, message) => {
  const error = errorOf(thrown);
  expect(error).toBeInstanceOf(Error);
  expect([error.message, error.cause]).toEqual([message, thrown]);
});

test.each(HOSTILE)('%s becomes an error, or is one', (_, thrown) => {
  const error = errorOf(thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error === thrown || error.cause === thrown).toBe(true);
  if (error !== thrown) expect(error.message).toBe('The record handler threw a value that cannot be read.');
});

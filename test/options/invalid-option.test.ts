import { expect, test } from 'vitest';
import { TEXT } from '../../src/options/check.ts';
import { invalidOption, wrongValue } from '../../src/options/invalid-option.ts';

const cause = new Error('cause');

test.each([
  ['a problem of an option', invalidOption('owner', 'size', 'is odd.'), 'size', 'is odd.'],
  ['a problem of no single option', invalidOption('owner', undefined, 'a is b.'), undefined, 'a is b.'],
  ['what caused it', invalidOption('owner', 'size', 'is odd.', { cause }), 'size', 'is odd.'],
])('says owner and option as data: %s', (_, error, option, problem) => {
  expect(error).toMatchObject({ code: 'INVALID_OPTION', owner: 'owner', problem });
  expect(error.option).toBe(option);
  expect(error.message).toBe(`owner: ${option === undefined ? '' : `${option} `}${problem}`);
});

test('keeps what caused it', () => {
  expect(invalidOption('owner', 'size', 'is odd.', { cause }).cause).toBe(cause);
});

test('carries another code', () => {
  expect(invalidOption('owner', 'size', 'is odd.', { code: 'INVALID_TABLE' }).code).toBe('INVALID_TABLE');
});

test('says what was expected, what came and what to do', () => {
  expect(wrongValue(TEXT, 5)).toBe('has to be text, got 5.');
  expect(wrongValue(TEXT, 5, { remedy: 'Pass text.' })).toBe('has to be text, got 5. Pass text.');
});

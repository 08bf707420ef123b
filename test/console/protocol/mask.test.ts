import { expect, test } from 'vitest';
import type { Attributes } from '../../../src/console/protocol/events.ts';
import { MASKED, maskOf } from '../../../src/console/protocol/mask.ts';

const hidden = { S: MASKED };
const address = (city: unknown): Attributes => ({ M: { city, zip: { S: '3000' } } });

test.each<[string, string, Attributes, Attributes]>([
  ['an attribute', 'email', { id: { S: 'a' }, email: { S: 'x' } }, { id: { S: 'a' }, email: hidden }],
  ['several', 'a, b', { a: { N: '1' }, b: { NULL: true } }, { a: hidden, b: hidden }],
  ['a value in a map', 'to.city', { to: address({ S: 'Bern' }) }, { to: address(hidden) }],
  [
    'a value in each map of a list',
    'to.city',
    { to: { L: [address({ S: 'Bern' }), { S: 'x' }] } },
    { to: { L: [address(hidden), { S: 'x' }] } },
  ],
  ['nothing, where there is no such attribute', 'x,id.x', { id: { S: 'a' } }, { id: { S: 'a' } }],
  [
    'an attribute called __proto__',
    '__proto__',
    JSON.parse('{"__proto__":{"S":"x"}}'),
    JSON.parse(`{"__proto__":{"S":"${MASKED}"}}`),
  ],
])('%s is hidden', (_name, paths, attributes, masked) => {
  const before = JSON.stringify(attributes);
  expect(JSON.stringify(maskOf(paths)(attributes))).toBe(JSON.stringify(masked));
  expect(JSON.stringify(attributes)).toBe(before);
});

test('without paths nothing is hidden, and no image stays none', () => {
  const attributes = { id: { S: 'a' } };
  expect(maskOf(undefined)(attributes)).toBe(attributes);
  expect(maskOf('id')(undefined)).toBeUndefined();
});

test.each(['', 'a,,b', 'a.', '.a'])('%j names no attributes', (text) => {
  expect(() => maskOf(text)).toThrow(/names of attributes are expected/);
});

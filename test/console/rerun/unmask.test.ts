import { expect, test } from 'vitest';
import { MASKED, maskOf } from '../../../src/console/protocol/mask.ts';
import { unmasked } from '../../../src/console/rerun/unmask.ts';

const mask = maskOf('email,address.street,lines.note');
const HIDDEN = { S: MASKED };

const ORIGINAL = {
  id: { S: '1' },
  email: { S: 'secret' },
  address: { M: { city: { S: 'Bern' }, street: { S: 'secret street' } } },
  lines: {
    L: [
      { M: { price: { N: '1' }, note: { S: 'secret one' } } },
      { M: { price: { N: '2' }, note: { S: 'secret two' } } },
    ],
  },
};
const SHOWN = mask(ORIGINAL) as typeof ORIGINAL;
const [line1, line2] = SHOWN.lines.L as [object, object];

test('values that were not edited are the original ones', () => {
  expect(unmasked(SHOWN, ORIGINAL, mask)).toEqual({ image: ORIGINAL, left: [] });
});

test('a hidden value can be replaced or removed, and its neighbours be edited', () => {
  const edited = {
    ...SHOWN,
    id: { S: '2' },
    address: { M: { city: { S: 'Basel' }, street: HIDDEN } },
    email: { S: 'new' },
    lines: { L: [] },
  };
  expect(unmasked(edited, ORIGINAL, mask)).toEqual({
    image: {
      ...ORIGINAL,
      id: { S: '2' },
      email: { S: 'new' },
      address: { M: { city: { S: 'Basel' }, street: { S: 'secret street' } } },
      lines: { L: [] },
    },
    left: [],
  });
});

test.each([
  ['at a new place', { ...SHOWN, other: HIDDEN }, ['other']],
  ['in a map that was none', { ...SHOWN, id: { M: { deep: HIDDEN } } }, ['id.deep']],
  [
    'in an element that was moved',
    { ...SHOWN, lines: { L: [line2, line1] } },
    ['lines[0].note', 'lines[1].note'],
  ],
  ['behind a removed element', { ...SHOWN, lines: { L: [line2] } }, ['lines[0].note']],
  [
    'in an element that was edited',
    { ...SHOWN, lines: { L: [{ M: { price: { N: '9' }, note: HIDDEN } }, line2] } },
    ['lines[0].note'],
  ],
  ['in a list that is new', { ...SHOWN, tags: { L: [HIDDEN] } }, ['tags[0]']],
])('a hidden value %s cannot be put back', (_name, edited, left) => {
  expect(unmasked(edited, ORIGINAL, mask).left).toEqual(left);
});

test('without an original nothing can be put back', () => {
  expect(unmasked({ email: HIDDEN, id: { S: '1' } }, undefined, mask).left).toEqual(['email']);
});

test('an item that has the same text itself keeps it', () => {
  const odd = { note: { S: MASKED }, email: { S: 'secret' } };
  expect(unmasked(mask(odd) as typeof odd, odd, mask)).toEqual({ image: odd, left: [] });
});

test('an attribute named __proto__ is an attribute', () => {
  const odd = JSON.parse('{"__proto__":{"M":{"street":{"S":"secret"}}},"email":{"S":"x"}}');
  const hides = maskOf('__proto__.street');
  const { image, left } = unmasked(hides(odd) as object as Record<string, unknown>, odd, hides);
  expect(JSON.stringify(image)).toBe(JSON.stringify(odd));
  expect(left).toEqual([]);
});

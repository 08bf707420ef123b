import { expect, test } from 'vitest';
import { marshallItem } from '../../src/testing/marshall-item.ts';

test('every type of attribute', () => {
  const item = {
    text: '',
    number: 12.5,
    big: 12345678901234567890n,
    flag: false,
    nothing: null,
    list: [1, 'a'],
    map: { a: { b: 1 } },
    texts: new Set(['a']),
    numbers: new Set([1]),
    binaries: new Set([new Uint8Array([1])]),
  };
  expect(marshallItem('insert', item, [])).toEqual({
    text: { S: '' },
    number: { N: '12.5' },
    big: { N: '12345678901234567890' },
    flag: { BOOL: false },
    nothing: { NULL: true },
    list: { L: [{ N: '1' }, { S: 'a' }] },
    map: { M: { a: { M: { b: { N: '1' } } } } },
    texts: { SS: ['a'] },
    numbers: { NS: ['1'] },
    binaries: { BS: ['AQ=='] },
  });
});

test.each([
  ['a Uint8Array', new Uint8Array([1, 2, 3])],
  ['a Buffer', Buffer.from([1, 2, 3])],
  ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
  ['a view into a larger buffer', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)],
  ['a DataView', new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1)],
])('%s is base64', (_, data) => {
  expect(marshallItem('insert', { data }, [])).toEqual({ data: { B: 'AQID' } });
});

test('undefined values are left out, nested ones too', () => {
  expect(marshallItem('insert', { a: undefined, b: { c: undefined, d: 1 } }, [])).toEqual({
    b: { M: { d: { N: '1' } } },
  });
});

test.each([
  ['a Date', new Date(0)],
  ['an instance of a class', new (class Total {})()],
  ['a symbol', Symbol('a')],
])('%s is refused rather than stored as something else, and is not shown', (_, value) => {
  expect(() => marshallItem('insert', { a: { b: [value] } }, [])).toThrow(
    expect.objectContaining({
      code: 'INVALID_ITEM',
      message: expect.stringMatching(/^insert: the item has an attribute that DynamoDB cannot hold/),
      cause: expect.any(Error),
    }),
  );
});

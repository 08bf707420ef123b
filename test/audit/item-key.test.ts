import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../src/audit/exact-number.ts';
import { auditKeyOf } from '../../src/audit/index.ts';

describe('the key of an audit entry', () => {
  test.each<[string, object, string]>([
    ['a partition key', { id: 'a' }, 'T/id=a'],
    ['two keys, in the order of their names', { sk: 'b', pk: 'a' }, 'T/pk=a/sk=b'],
    ['what the syntax uses', { 'a/b': 'c=d/e%', f: '/' }, 'T/a%2Fb=c%3Dd%2Fe%25/f=%2F'],
    ['other text, unchanged', { id: 'Zoë 10 €' }, 'T/id=Zoë 10 €'],
    ['a number', { id: 12.5 }, 'T/id=12.5'],
    ['a small number', { id: 1e-7 }, 'T/id=0.0000001'],
    ['zero', { id: 0 }, 'T/id=0'],
    ['a bigint', { id: 9007199254740993n }, 'T/id=9007199254740993'],
    ['a number as text of an entry', { id: new ExactNumber('9007199254740993') }, 'T/id=9007199254740993'],
    ["the SDK's NumberValue", { id: NumberValueImpl.from('9007199254740993') }, 'T/id=9007199254740993'],
    ['binary', { id: Uint8Array.of(1, 2, 255, 255) }, 'T/id=AQL%2F%2Fw%3D%3D'],
  ])('%s', (_, keys, key) => {
    expect(auditKeyOf('T', keys)).toBe(key);
  });

  test('differs for different items', () => {
    const keys = fc.record({ pk: fc.string({ unit: 'binary' }), sk: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        expect(auditKeyOf('T', a) === auditKeyOf('T', b)).toBe(a.pk === b.pk && a.sk === b.sk);
      }),
    );
  });

  test('fits into a partition key, whatever the item', () => {
    const long = (last: string) => auditKeyOf('T', { pk: 'ß'.repeat(1000), sk: 'b'.repeat(800) + last });
    expect(long('')).toMatch(/^T\/\/[0-9a-f]{64}$/);
    expect(long('c')).not.toBe(long('d'));
    expect(auditKeyOf('T', { pk: 'x'.repeat(2043) })).toBe(`T/pk=${'x'.repeat(2043)}`);
    expect(auditKeyOf('T', { pk: 'x'.repeat(2044) })).toMatch(/^T\/\//);
  });
});

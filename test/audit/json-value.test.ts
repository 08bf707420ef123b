import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { exactNumber } from '../../src/audit/exact-number.ts';
import { NOTHING } from '../../src/audit/redaction.ts';
import { writeValue } from '../../src/audit/stored-value.ts';
import { unmarshall } from '../../src/unmarshall/unmarshall.ts';

const written = (value: AttributeValue): unknown => {
  const { a } = unmarshall({ a: value }, exactNumber);
  return writeValue(a, NOTHING);
};

describe('an attribute in an entry', () => {
  test.each<[AttributeValue, unknown]>([
    [{ S: 'text' }, 'text'],
    [{ S: '' }, ''],
    [{ BOOL: false }, false],
    [{ NULL: true }, null],
    [{ N: '12.5' }, 12.5],
    [{ N: '9007199254740991' }, 9007199254740991],
    [{ N: '9007199254740992' }, { N: '9007199254740992' }],
    [{ N: '100000000000000000000' }, { N: '100000000000000000000' }],
    [{ N: '12345678901234567890.5' }, { N: '12345678901234567890.5' }],
    [{ N: '0.1234567890123456789012' }, { N: '0.1234567890123456789012' }],
    [{ B: 'AQID' }, { B: 'AQID' }],
    [{ SS: ['b', 'a'] }, { SS: ['a', 'b'] }],
    [
      { NS: ['10', '2.5', '9007199254740993', '9007199254740992'] },
      { NS: ['2.5', '10', '9007199254740992', '9007199254740993'] },
    ],
    [{ BS: ['BA==', 'AQID'] }, { BS: ['AQID', 'BA=='] }],
    [{ L: [{ S: 'a' }, { L: [{ N: '1' }] }] }, ['a', [1]]],
    [{ M: { b: { M: { c: { N: '1' } } } } }, { b: { c: 1 } }],
    [{ M: {} }, {}],
    // Maps that look like the JSON written for other values.
    [{ M: { N: { S: '1' } } }, { M: { N: '1' } }],
    [{ M: { SS: { L: [] } } }, { M: { SS: [] } }],
    [{ M: { M: { M: { M: { S: '' } } } } }, { M: { M: { M: { M: '' } } } }],
    [{ M: { TOO_LARGE: { N: '1' } } }, { M: { TOO_LARGE: 1 } }],
    [{ M: { N: { S: '1' }, B: { S: '2' } } }, { N: '1', B: '2' }],
  ])('%j is %j', (value, json) => {
    expect(written(value)).toEqual(json);
    expect(JSON.parse(JSON.stringify(written(value)))).toEqual(json);
  });

  test('named __proto__ is an attribute', () => {
    const value = JSON.parse('{"M":{"__proto__":{"M":{"a":{"S":"b"}}}}}');
    expect(JSON.stringify(written(value))).toBe('{"__proto__":{"a":"b"}}');
  });

  test('that is not a number is refused, as everywhere', () => {
    expect(() => written({ N: '0x10' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE' }),
    );
  });
});

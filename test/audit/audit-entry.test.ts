import { describe, expect, test } from 'vitest';
import { type AuditedRecord, auditEntryOf } from '../../src/audit/audit-entry.ts';
import { auditSettings } from '../../src/audit/options.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { recordOf } from '../fixtures/events.ts';
import { expectProportion } from '../fixtures/proportion.ts';
import { memorySink } from './memory-sink.ts';
import { referenceEntry } from './reference-entry.ts';

test('an entry about sets of binary and numbers in another order takes time in proportion to them', () => {
  const settings = auditSettings(memorySink(), {});
  const reading = { toNumber: String, viewType: 'NEW_AND_OLD_IMAGES' } as const;
  expectProportion(
    4000,
    (size) => {
      const numbers = Array.from({ length: size }, (_, index) => `9007199254740993.${index + 1}`);
      const binary = numbers.map((text) => Buffer.from(text).toString('base64'));
      const record = recordOf({
        eventName: 'MODIFY',
        oldImage: { numbers: { NS: numbers }, binary: { BS: binary } },
        newImage: { numbers: { NS: numbers.toReversed() }, binary: { BS: binary.toReversed() } },
      });
      return openRecord(record, reading) as unknown as AuditedRecord;
    },
    (record) => expect(auditEntryOf(record, settings).changes).toEqual([]),
  );
});

describe('an entry equals the one that is made of both unmarshalled images:', () => {
  const reading = { toNumber: String, viewType: 'NEW_AND_OLD_IMAGES' } as const;

  test.each<[string, { Keys?: object; OldImage?: object; NewImage?: object }]>([
    ['one key', { Keys: { id: { S: 'a/b=c%' } } }],
    ['one key that is a number', { Keys: { id: { N: '1.50' } } }],
    ['one key that looks like a written value', { Keys: { N: { S: 'a' } } }],
    ['two keys', { Keys: { a: { S: 'x' }, b: { S: 'y' } } }],
    ['two keys in another order', { Keys: { b: { S: 'x' }, a: { S: 'y' } } }],
    ['two keys, the first a number', { Keys: { b: { N: '1' }, a: { S: 'y' } } }],
    ['two keys, the second a number', { Keys: { b: { S: 'x' }, a: { N: '9007199254740993' } } }],
    ['two keys, one of them binary', { Keys: { b: { B: 'AQID' }, a: { B: 'AQID' } } }],
    ['two keys whose names are indexes', { Keys: { 9: { S: 'x' }, 10: { S: 'y' } } }],
    ['two keys, one of them __proto__', { Keys: JSON.parse('{"a":{"S":"x"},"__proto__":{"S":"y"}}') }],
    ['a forged key', { Keys: { b: { M: { d: { S: 'x' }, c: { S: 'y' } } }, a: { S: 'y' }, c: { S: 'z' } } }],
    ['a text beside the same number', { OldImage: { a: { N: '5' } }, NewImage: { a: { N: '5', S: 'x' } } }],
    ['a map beside a list', { OldImage: { a: { M: {} } }, NewImage: { a: { M: { b: { S: 'x' } }, L: [] } } }],
    ['a list beside null', { OldImage: { a: { L: [] } }, NewImage: { a: { L: [{ S: 'x' }], NULL: false } } }],
    ['a number in another form', { OldImage: { a: { N: '1.0' } }, NewImage: { a: { N: '1' } } }],
    [
      'a number whose digits differ',
      { OldImage: { a: { N: '9007199254740992' } }, NewImage: { a: { N: '9007199254740993' } } },
    ],
  ])('%s', (_, change) => {
    const record = recordOf({ eventName: 'MODIFY' });
    const forged = { ...record, dynamodb: { ...record.dynamodb, ...change } } as typeof record;
    const opened = openRecord(forged, reading) as unknown as AuditedRecord;
    const entry = auditEntryOf(opened, auditSettings(memorySink(), {}));
    expect(JSON.stringify(entry)).toBe(JSON.stringify(referenceEntry(forged, { redact: [], omit: [] })));
  });
});

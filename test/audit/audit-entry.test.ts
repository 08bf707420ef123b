import { expect, test } from 'vitest';
import { type AuditedRecord, auditEntryOf } from '../../src/audit/audit-entry.ts';
import { auditSettings } from '../../src/audit/options.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { recordOf } from '../fixtures/events.ts';
import { expectProportion } from '../fixtures/proportion.ts';
import { memorySink } from './memory-sink.ts';

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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { BatchItemFailures } from '../../src/powertools/batch-item-failures.ts';
import { recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const RECORDS = [0, 1, 2, 3].map((index) => recordOf({}, index)) as ReportableRecord[];
const IDENTIFIERS = RECORDS.map((_, index) => sequenceNumberAt(index));
const verdictAt = (checkpoint: number) => new BatchItemFailures(RECORDS, IDENTIFIERS, checkpoint);
const named = (...indexes: readonly number[]) =>
  indexes.map((index) => ({ itemIdentifier: sequenceNumberAt(index) }));

describe('failures', () => {
  test.each([
    ['all succeeded', 4, [], []],
    ['a record failed', 2, [], [2]],
    ['a hook noted an earlier one', 2, [RECORDS[1]], [1]],
    ['a hook noted a later one', 2, [RECORDS[3]], [2]],
    ['a hook noted a record after all succeeded', 4, [RECORDS[3]], [3]],
    ['a hook noted a copy', 4, [structuredClone(RECORDS[1])], [1]],
    ['a hook noted something else', 4, ['what', null, undefined], [0]],
  ])('%s', (_name, checkpoint, failureMessages, indexes) => {
    expect(verdictAt(checkpoint).failures(failureMessages)).toEqual(named(...indexes));
  });
});

describe('checked', () => {
  test('reports at most one record, never past the first failed one', () => {
    const index = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.array(index),
        fc.array(index),
        (checkpoint, noted, reported) => {
          const least = Math.min(checkpoint, ...noted);
          const lowest = Math.min(4, ...reported);
          const check = () =>
            verdictAt(checkpoint).checked(
              named(...reported),
              noted.map((at) => RECORDS[at]),
            );

          if (lowest > least)
            expect(check).toThrow(expect.objectContaining({ code: 'INVALID_OVERRIDE' }) as Error);
          else expect(check()).toEqual(lowest === 4 ? [] : named(lowest));
        },
      ),
    );
  });

  test.each([
    ['no array', undefined, []],
    ['text', 'all', []],
    ['an identifier of another batch', [{ itemIdentifier: '7' }], []],
    ['an empty identifier', [{ itemIdentifier: '' }], []],
    ['a record', [RECORDS[0]], []],
    ['null', [null], []],
    ['a message of another batch', [], [{ dynamodb: { SequenceNumber: '7' } }]],
  ])('%s is refused', (_name, reported, failureMessages) => {
    expect(() => verdictAt(4).checked(reported, failureMessages)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code: 'INVALID_OVERRIDE' }) as Error,
    );
  });
});

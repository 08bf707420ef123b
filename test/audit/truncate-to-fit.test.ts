import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/index.ts';
import { truncateToFit } from '../../src/audit/truncate-to-fit.ts';

const entryOf = (changes: AuditEntry['changes']): AuditEntry => ({
  itemKey: 'Invoices/id=a',
  position: `2026-01-01T00:00:00.000/${'1'.padStart(40, '0')}`,
  streamArn: 'arn',
  sequenceNumber: '1'.padStart(40, '0'),
  eventID: '1',
  eventName: 'MODIFY',
  tableName: 'Invoices',
  keys: { id: 'a' },
  expired: false,
  ...(changes && { changes }),
});
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('an entry that is too large', () => {
  const entry = entryOf([
    { path: 'note', kind: 'changed', before: 'x'.repeat(1000), after: 'é'.repeat(2000) },
    { path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' },
    { path: 'scan', kind: 'added', after: { pages: ['y'.repeat(3000)] } },
  ]);

  test('loses its largest values first, and says how large they were', () => {
    expect(truncateToFit(entry, 4000).changes).toEqual([
      { path: 'note', kind: 'changed', before: 'x'.repeat(1000), after: { TOO_LARGE: 4002 } },
      { path: 'status', kind: 'changed', before: 'OPEN', after: 'PAID' },
      { path: 'scan', kind: 'added', after: { TOO_LARGE: 3014 } },
    ]);
    expect(truncateToFit(entry, 6000).changes?.map(({ after }) => sizeOf(after))).toEqual([18, 6, 3014]);
    expect(sizeOf(truncateToFit(entry, 1).changes)).toBeLessThan(300);
  });

  test('loses nothing more once it has just the size that it may have', () => {
    const truncated = truncateToFit(entry, 6000);
    expect(truncateToFit(entry, sizeOf(truncated))).toEqual(truncated);
  });

  test('is left as it was, and a new one is made', () => {
    const before = structuredClone(entry);
    truncateToFit(entry, 1);
    expect(entry).toEqual(before);
  });
});

test('an entry that fits is not touched, nor is one without changes', () => {
  const [small, bare] = [entryOf([{ path: 'a', kind: 'added', after: 'b' }]), entryOf(undefined)];
  expect(truncateToFit(small, sizeOf(small))).toBe(small);
  expect(truncateToFit(small, Number.POSITIVE_INFINITY)).toBe(small);
  expect(truncateToFit(bare, 1)).toBe(bare);
});

test('it fits whenever cutting the large values suffices, and keeps every path and kind', () => {
  const changes = fc.array(
    fc.record({
      path: fc.stringMatching(/^[a-z]{1,9}$/),
      kind: fc.constant('changed' as const),
      before: fc.string({ maxLength: 500, size: 'max' }),
      after: fc.oneof(fc.string({ maxLength: 2000, size: 'max' }), fc.integer()),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(changes, fc.integer({ min: 1, max: 20_000 }), (changes, maxBytes) => {
      const light = truncateToFit(entryOf(changes), maxBytes);
      const paths = (entry: AuditEntry) => entry.changes?.map(({ path, kind }) => [path, kind]);
      expect(paths(light)).toEqual(paths(entryOf(changes)));
      const least = sizeOf(
        entryOf(
          changes.map((change) => ({ ...change, before: { TOO_LARGE: 9999 }, after: { TOO_LARGE: 9999 } })),
        ),
      );
      if (least <= maxBytes) expect(sizeOf(light)).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

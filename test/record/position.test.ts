import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionOf } from '../../src/index.ts';
import { recordOf } from '../fixtures/events.ts';

const at = (label: string, sequenceNumber: string) =>
  positionOf({
    raw: {
      ...recordOf(),
      eventSourceARN: `arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/${label}`,
    },
    sequenceNumber,
  });

test('a position is the label of the stream and the sequence number in 40 digits', () => {
  expect(at('2026-01-01T00:00:00.000', '400000000000000000001')).toBe(
    '2026-01-01T00:00:00.000/0000000000000000000400000000000000000001',
  );
});

test('a record that names no stream has a position anyway', () => {
  const { eventSourceARN: _, ...raw } = recordOf();
  expect(positionOf({ raw, sequenceNumber: '15' })).toBe(`/${'15'.padStart(40, '0')}`);
});

test('positions sort by stream, then by sequence number, as text', () => {
  const change = fc.record({
    stream: fc.date({ min: new Date('2012-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
    number: fc.bigInt({ min: 0n, max: 10n ** 40n - 1n }),
  });
  fc.assert(
    fc.property(change, change, (a, b) => {
      const [first, second] = [a, b].map(({ stream, number }) =>
        at(stream.toISOString().slice(0, -1), `${number}`),
      );
      const isBefore =
        a.stream.getTime() - b.stream.getTime() || (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);
      expect(Math.sign(isBefore)).toBe(`${first}` < `${second}` ? -1 : `${first}` > `${second}` ? 1 : 0);
    }),
  );
});

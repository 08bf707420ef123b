import { expect, test } from 'vitest';
import { nextBatch } from '../../src/delivery/batch-size.ts';
import { eventJson } from '../../src/delivery/event-json.ts';
import { queued } from '../../src/delivery/queued-record.ts';
import { recordOf, STREAM_ARN } from '../fixtures/events.ts';

const window = {
  window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
  state: { count: 1 },
  shardId: 's',
  eventSourceARN: STREAM_ARN,
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
};

test.each([0, 1, 3])('%i records make an event as JSON.stringify writes it', (count) => {
  const records = Array.from({ length: count }, (_, index) => recordOf({}, index));
  const json = records.map((record) => JSON.stringify(record));
  expect(eventJson(json)).toBe(JSON.stringify({ Records: records }));
  expect(eventJson(json, window)).toBe(JSON.stringify({ Records: records, ...window }));
});

test('a batch is measured with the envelope of its event', () => {
  // Two records that fill 6 MB to the byte, with the comma and the envelope.
  const fill = (bytes: number) => queued({ eventID: 'x'.repeat(bytes) }, 1);
  const frame = fill(0).bytes;
  const free = 6 * 1024 * 1024 - eventJson(['', '']).length - 2 * frame;
  const counted = (bytes: number) =>
    nextBatch([fill(1000), fill(bytes)], { batchSize: 10, acrossPages: true }).count;
  expect([counted(free - 1000), counted(free - 999)]).toEqual([2, 1]);
});

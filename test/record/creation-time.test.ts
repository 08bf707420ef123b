import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { windowStartOf } from '../../src/delivery/window-span.ts';
import { creationDateOf, creationMsOf, creationSecondsOf } from '../../src/record/creation-time.ts';

const at = (ApproximateCreationDateTime: unknown) => ({ ApproximateCreationDateTime });
const NEW_YEAR = Date.UTC(2026, 0, 1);

describe('the time of a change is read', () => {
  test.each<[unknown, number]>([
    [1767225600, NEW_YEAR],
    [1767225600.001, NEW_YEAR + 1],
    [1767225600.123, NEW_YEAR + 123],
    [1767225600.9996, NEW_YEAR + 1000],
    [0, 0],
    ['1767225600', NEW_YEAR],
    ['1767225600.5', NEW_YEAR + 500],
    ['1.7672256E9', NEW_YEAR],
    ['2026-01-01T00:00:00Z', NEW_YEAR],
    ['2026-01-01T01:00:00+01:00', NEW_YEAR],
    ['2026-01-01T00:00:00.250000+00:00', NEW_YEAR + 250],
  ])('%j', (time, ms) => {
    expect(creationMsOf(at(time))).toBe(ms);
    expect(creationSecondsOf(at(time))).toBe(ms / 1000);
    expect(creationDateOf(at(time)).getTime()).toBe(ms);
    expect(windowStartOf({ dynamodb: at(time) } as DynamoDBRecord, 60)).toBe(Math.floor(ms / 60_000) * 60);
  });
});

describe('a record that does not say it has an Invalid Date', () => {
  test.each([undefined, null, {}, at(undefined), at(null)])('%j', (change) => {
    expect(creationMsOf(change)).toBeUndefined();
    expect(creationSecondsOf(change)).toBeUndefined();
    expect(creationDateOf(change).getTime()).toBeNaN();
  });
});

describe('other values throw when the date is read, and count as missing in sums', () => {
  test.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e300],
    ['1e99'],
    [''],
    ['hunter2'],
    ['1 2'],
    ['2026'.repeat(9)],
    ['yesterday at 2026-01-01T00:00'],
    ['2026-99-99T00:00:00Z'],
    [true],
    [{}],
    [{ toString: 1, valueOf: 1 }],
    [[1767225600]],
  ])('%j', (time) => {
    expect(creationMsOf(at(time))).toBeNaN();
    expect(creationSecondsOf(at(time))).toBeUndefined();
    const read = () => creationDateOf(at(time));
    expect(read).toThrow(
      expect.objectContaining({
        name: 'InvalidRecordError',
        code: 'INVALID_CREATION_TIME',
        retryable: false,
      }),
    );
    expect(read).not.toThrow(/hunter2/);
  });
});

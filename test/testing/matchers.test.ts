import '../../src/testing/vitest.ts';
import { describe, expect, test } from 'vitest';
import { readBatchResponse } from '../../src/delivery/batch-response.ts';
import { streamMatchers } from '../../src/testing/index.ts';

const reporting = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

const messageOf = (assertion: () => void): string => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

describe('toSucceed', () => {
  test.each([[reporting()], [{}], [{ batchItemFailures: null }], [null], [undefined], [''], [[]]])(
    '%j succeeds',
    (response) => {
      expect(response).toSucceed();
      expect(messageOf(() => expect(response).not.toSucceed())).toBe(
        'Expected the response to report a failure, but it reports none: the whole batch counts as processed.',
      );
    },
  );

  test.each([
    [reporting('12'), 'it reports 12: Lambda delivers again from there.'],
    [reporting('12', '9'), 'it reports 9: Lambda delivers again from there.'],
    ['OK', 'it is malformed, as it is not an object: Lambda takes the whole batch as failed.'],
    [[1], 'it is malformed, as it is not an object: Lambda takes the whole batch as failed.'],
    [
      { batchItemFailures: 1 },
      'it is malformed, as its batchItemFailures is not an array: Lambda takes the whole batch as failed.',
    ],
    [
      reporting('12', ''),
      'it is malformed, as batchItemFailures[1].itemIdentifier is not a sequence number: ' +
        'Lambda takes the whole batch as failed.',
    ],
    [
      { batchItemFailures: [null] },
      'it is malformed, as batchItemFailures[0].itemIdentifier is not a sequence number: ' +
        'Lambda takes the whole batch as failed.',
    ],
  ])('%j does not', (response, reason) => {
    expect(response).not.toSucceed();
    expect(messageOf(() => expect(response).toSucceed())).toBe(
      `Expected the response to report no failure, but ${reason}`,
    );
  });
});

describe('toReportCheckpoint', () => {
  test.each([
    [reporting('12'), '12'],
    [reporting('12'), '0012'],
    [reporting('100', '99', '101'), '99'],
  ])('%j reports %s', (response, sequenceNumber) => {
    expect(response).toReportCheckpoint(sequenceNumber);
    expect(messageOf(() => expect(response).not.toReportCheckpoint(sequenceNumber))).toBe(
      `Expected the response not to report the checkpoint ${sequenceNumber}, but it does.`,
    );
  });

  test.each([
    [reporting('13'), 'it reports 13: Lambda delivers again from there.'],
    [reporting(), 'it reports no failure: the whole batch counts as processed.'],
    ['OK', 'it is malformed, as it is not an object: Lambda takes the whole batch as failed.'],
  ])('%j does not report 12', (response, reason) => {
    expect(response).not.toReportCheckpoint('12');
    expect(messageOf(() => expect(response).toReportCheckpoint('12'))).toBe(
      `Expected the response to report the checkpoint 12, but ${reason}`,
    );
  });

  test.each([[undefined], [''], ['abc'], [12]])('%j is no sequence number', (expected) => {
    expect(() => expect(reporting('12')).toReportCheckpoint(expected as string)).toThrow(
      'expected a sequence number, as in record.dynamodb.SequenceNumber',
    );
  });
});

test.each([
  null,
  '',
  [],
  {},
  'OK',
  1,
  [1],
  { batchItemFailures: 'x' },
  reporting(),
  reporting('1'),
  reporting('0'),
])('%j succeeds for the matcher exactly if it does for the mapping', (response) => {
  const { type } = readBatchResponse(response, [{ dynamodb: { SequenceNumber: '1' } }]);
  expect(streamMatchers.toSucceed(response).pass).toBe(type === 'succeeded');
});

test('a promise is a forgotten await, also under not', () => {
  expect(() => expect(Promise.resolve(reporting())).toSucceed()).toThrow('Await the handler');
  expect(() => expect(Promise.resolve(reporting())).not.toSucceed()).toThrow('Await the handler');
});

test('resolves waits for it', async () => {
  await expect(Promise.resolve(reporting('12'))).resolves.toReportCheckpoint('12');
});

test('they can be registered by hand', () => {
  expect.extend(streamMatchers);
  expect(reporting()).toSucceed();
});

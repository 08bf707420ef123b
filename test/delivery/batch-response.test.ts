import { describe, expect, test } from 'vitest';
import { readBatchResponse } from '../../src/delivery/batch-response.ts';
import { testStream } from '../../src/testing/test-stream.ts';

const stream = testStream<{ id: string }>({ keys: ['id'] });
const records = ['a', 'b', 'c', 'd'].map((id) => stream.insert({ id }));
const [first, second, third] = records.map(({ dynamodb }) => dynamodb.SequenceNumber);

const failuresOf = (...itemFailures: readonly unknown[]) => ({ batchItemFailures: itemFailures });
const failureOf = (itemIdentifier: unknown) => ({ itemIdentifier });

describe('success', () => {
  test.each([
    [null],
    [undefined],
    [{}],
    [[]],
    [''],
    [{ batchItemFailures: [] }],
    [{ batchItemFailures: null }],
    [{ other: 1 }],
  ])('%j', (response) => {
    expect(readBatchResponse(response, records)).toEqual({ type: 'succeeded' });
  });
});

describe('the whole batch failed', () => {
  test.each([
    ['an empty identifier', failuresOf(failureOf(''))],
    ['null as identifier', failuresOf(failureOf(null))],
    ['a number as identifier', failuresOf(failureOf(3))],
    ['another key', failuresOf({ identifier: second })],
    ['an item that is null', failuresOf(null)],
    ['an item that is text', failuresOf(second)],
    ['an identifier that is not in the batch', failuresOf(failureOf('1'))],
    ['one that is not in the batch, beside one that is', failuresOf(failureOf(second), failureOf('1'))],
    ['the first record', failuresOf(failureOf(first))],
    ['the first record and others', failuresOf(failureOf(third), failureOf(first))],
    ['text', 'OK'],
    ['a number', 1],
    ['true', true],
    ['a list of something', [failureOf(second)]],
    ['failures that are no list', { batchItemFailures: { itemIdentifier: second } }],
    ['failures that are text', { batchItemFailures: '' }],
  ])('%s', (_, response) => {
    expect(readBatchResponse(response, records)).toEqual({ type: 'failed' });
  });
});

describe('partial', () => {
  test.each([
    ['one identifier', [second], 1],
    ['several, in order', [second, third], 1],
    ['several, the lowest last', [third, second], 1],
    ['the same one twice', [third, third], 2],
  ])('%s', (_, identifiers, index) => {
    const response = failuresOf(...identifiers.map(failureOf));
    expect(readBatchResponse(response, records)).toEqual({ type: 'partial', index });
  });

  test('sequence numbers of different lengths are compared by position, not as text', () => {
    const short = testRecords('9', '10', '11');
    expect(readBatchResponse(failuresOf(failureOf('11'), failureOf('10')), short)).toEqual({
      type: 'partial',
      index: 1,
    });
  });
});

test('10,000 identifiers are read in no time', () => {
  const many = Array.from({ length: 10_000 }, () => stream.insert({ id: 'a' }));
  const response = failuresOf(...many.slice(1).map(({ dynamodb }) => failureOf(dynamodb.SequenceNumber)));
  const startedAt = performance.now();
  expect(readBatchResponse(response, many)).toEqual({ type: 'partial', index: 1 });
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

function testRecords(...sequenceNumbers: readonly string[]) {
  return sequenceNumbers.map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }));
}

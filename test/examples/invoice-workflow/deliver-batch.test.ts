import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import {
  checkpointIn,
  type DeliveryOptions,
  deliverBatch,
} from '../../../examples/invoice-workflow/deliver-batch.ts';
import { lambdaContext } from '../../../examples/lambda-context.ts';

const batch: DynamoDBRecord[] = ['101', '102', '103'].map((SequenceNumber) => ({
  dynamodb: { SequenceNumber },
}));
const failing = (...identifiers: string[]): DynamoDBBatchResponse => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const numbersOf = (records: readonly DynamoDBRecord[]) =>
  records.map((record) => record.dynamodb?.SequenceNumber);

test.each([
  ['no failures', failing(), 3],
  ['no response', undefined, 3],
  ['null', null, 3],
  ['no list', {}, 3],
  ['an empty list of null', { batchItemFailures: null }, 3],
  ['one failure', failing('102'), 1],
  ['several failures: the lowest counts', failing('103', '102'), 1],
  ['an identifier that is not in the batch fails the batch', failing('103', '999'), 0],
  ['an empty identifier fails the batch', failing(''), 0],
])('the checkpoint of %s', (_name, response, position) => {
  expect(checkpointIn(response, batch)).toBe(position);
});

/** Answers each invocation in turn; an Error is thrown. */
function deliver(answers: (DynamoDBBatchResponse | Error)[], maximumRetryAttempts = 10) {
  const log: string[] = [];
  const note = (what: string) => (records: readonly DynamoDBRecord[]) => {
    if (records.length > 0) log.push(`${what} ${numbersOf(records).join(' ')}`);
  };
  const options: DeliveryOptions = {
    handler: async () => {
      const answer = answers.shift() ?? failing();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    context: () => lambdaContext('test'),
    maximumRetryAttempts,
    retryDelayMs: 0,
    onDelivered: note('delivered'),
    onAcknowledged: note('acknowledged'),
    onDiscarded: note('discarded'),
  };
  return deliverBatch(batch, options).then(() => log);
}

test('a checkpoint acknowledges what lies before it and delivers again from there', async () => {
  expect(await deliver([failing('102'), failing('103')])).toEqual([
    'delivered 101 102 103',
    'acknowledged 101',
    'delivered 102 103',
    'acknowledged 102',
    'delivered 103',
    'acknowledged 103',
  ]);
});

test('a throw delivers the whole batch again', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const failure = new Error('out of memory');
  expect(await deliver([failure])).toEqual([
    'delivered 101 102 103',
    'delivered 101 102 103',
    'acknowledged 101 102 103',
  ]);
  expect(errors).toHaveBeenCalledWith(failure);
});

test('retries without progress run out; progress starts them afresh', async () => {
  expect(await deliver([failing('101'), failing('102'), failing('102'), failing('102')], 1)).toEqual([
    'delivered 101 102 103',
    'delivered 101 102 103',
    'acknowledged 101',
    'delivered 102 103',
    'delivered 102 103',
    'discarded 102 103',
  ]);
});

import type { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { consumeQueue } from '../../../examples/invoice-workflow/consumer.ts';

/** A queue that gives these answers, one after the other. */
function queueOf(...answers: readonly (object | Error)[]): SQSClient {
  const rest = answers.values();
  const send = async (): Promise<object> => {
    const { value = {} } = rest.next();
    if (value instanceof Error) throw value;
    return value;
  };
  return { send } as unknown as SQSClient;
}

test('asks again when a poll finds nothing, and rejects with the error of a failed poll', async () => {
  const received: unknown[] = [];
  const message = { Body: '{"invoiceId":"I-1"}', ReceiptHandle: 'receipt' };
  const consuming = consumeQueue({
    sqs: queueOf({}, { Messages: [message] }, {}, new Error('gone')),
    queueUrl: 'queue',
    onMessage: (one) => received.push(one),
    signal: new AbortController().signal,
  });
  await expect(consuming).rejects.toThrow('gone');
  expect(received).toEqual([{ invoiceId: 'I-1' }]);
});

test('ends when the signal aborts during a poll', async () => {
  const stopping = new AbortController();
  const sqs = {
    send: async () => {
      stopping.abort();
      throw new Error('aborted');
    },
  } as unknown as SQSClient;
  await consumeQueue({ sqs, queueUrl: 'queue', onMessage: () => {}, signal: stopping.signal });
});

import { describe, expect, test } from 'vitest';
import { refusalsOf, UNMENTIONED } from '../../../src/sinks/batcher/batch-results.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';

const failed = (Id: string, more: object = {}) => ({
  Id,
  Code: 'InternalError',
  SenderFault: false,
  ...more,
});
const later = { code: 'InternalError', cause: undefined, fault: 'passing' };

test.each([
  ['was accepted', { Successful: [{ Id: '0', MessageId: 'm' }] }, undefined],
  ['was accepted without a message id: nothing proves it', { Successful: [{ Id: '0' }] }, UNMENTIONED],
  ['has an empty message id: nothing proves it', { Successful: [{ Id: '0', MessageId: '' }] }, UNMENTIONED],
  ['has no message id but null', { Successful: [{ Id: '0', MessageId: null as never }] }, UNMENTIONED],
  ['is not mentioned, but an empty id is', { Successful: [{ Id: '', MessageId: 'm' }] }, UNMENTIONED],
  ['is not mentioned, but null is', { Successful: [{ Id: null as never, MessageId: 'm' }] }, UNMENTIONED],
  ['is not mentioned, but 0.0 is', { Successful: [{ Id: '0.0', MessageId: 'm' }] }, UNMENTIONED],
  [
    'was accepted, and none failed: null',
    { Successful: [{ Id: '0', MessageId: 'm' }], Failed: null },
    undefined,
  ],
  ['was refused, and none accepted: null', { Successful: null, Failed: [failed('0')] }, later],
  ['is not mentioned: it was not accepted', { Successful: [{ Id: '1', MessageId: 'm' }] }, UNMENTIONED],
  ['is not mentioned in an empty answer', {}, UNMENTIONED],
  ['is mentioned without its id', { Successful: [{ MessageId: 'm' }] }, UNMENTIONED],
  ['was refused', { Failed: [failed('0')] }, later],
  [
    'was refused and accepted: it is sent again',
    { Successful: [{ Id: '0', MessageId: 'm' }], Failed: [failed('0')] },
    later,
  ],
  ['was refused without a reason', { Failed: [{ Id: '0' }] }, { ...later, code: 'unknown error' }],
  [
    'may be at fault',
    { Failed: [failed('0', { Code: 'InvalidParameterValue', SenderFault: true })] },
    { ...later, code: 'InvalidParameterValue', fault: 'unproven' },
  ],
  [
    'is at fault',
    { Failed: [failed('0', { Code: 'InvalidMessageContents', SenderFault: true })] },
    { ...later, code: 'InvalidMessageContents', fault: 'message' },
  ],
  [
    'cannot be encrypted',
    { Failed: [failed('0', { Code: 'KMS.DisabledException', SenderFault: true })] },
    { ...later, code: 'KMS.DisabledException', fault: 'target' },
  ],
  [
    'failed in the service, for a reason that is not documented',
    { Failed: [failed('0', { Code: 'Unheard', SenderFault: false })] },
    { ...later, code: 'Unheard' },
  ],
  [
    'came too fast, which some call its fault',
    { Failed: [failed('0', { Code: 'ThrottlingException', SenderFault: true })] },
    { ...later, code: 'ThrottlingException' },
  ],
])('an entry that %s', (_, answer, refusal) => {
  expect(refusalsOf(answer, 1)[0]).toEqual(refusal);
});

test('what may be accepted later is sent again where nothing was said of it', () => {
  expect(UNMENTIONED.fault).toBe('passing');
});

/** Each sink with a client that answers like this. */
const SINKS: Readonly<Record<string, (client: never) => Sink>> = {
  snsTopic: (client) =>
    snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:t', client, attempts: 1 }),
  sqsQueue: (client) => sqsQueue({ queueUrl: 'https://sqs.example.com/1/q', client, attempts: 1 }),
  eventBus: (client) => eventBus({ source: 's', detailType: 't', client, attempts: 1 }),
  tableWriter: (client) => tableWriter({ tableName: 'Totals', keys: ['id'], client, attempts: 1 }),
  bucketWriter: (client) => bucketWriter({ bucket: 'archive', client, attempts: 1 }),
};

const send = (name: string, answer: () => unknown): Promise<void> =>
  SINKS[name]?.({ send: async () => answer() } as never).send(
    { id: 'a' },
    { detached: true },
  ) as Promise<void>;

const perEntry = ['', null, undefined].map((id) => ({ Successful: [{ Id: '0', MessageId: id }] }));

describe('an answer without proof is not a success', () => {
  test.each<[string, unknown]>([
    ...[...perEntry, { Successful: [{ Id: '', MessageId: 'm' }] }, { Successful: null }, {}].flatMap(
      (answer): [string, unknown][] => [
        ['snsTopic', answer],
        ['sqsQueue', answer],
      ],
    ),
    ...[{}, { Entries: null }, { Entries: [null] }, { Entries: [{ EventId: '' }] }].map(
      (answer): [string, unknown] => ['eventBus', answer],
    ),
    ['eventBus', { Entries: [{ EventId: null, ErrorCode: null }] }],
    ...[undefined, null, '', []].map((UnprocessedItems): [string, unknown] => [
      'tableWriter',
      { UnprocessedItems },
    ]),
    ...[undefined, null, ''].map((ETag): [string, unknown] => ['bucketWriter', { ETag }]),
  ])('%s: %j', async (name, answer) => {
    const error = { name: 'SinkError', retryable: true };
    await expect(send(name, () => answer)).rejects.toMatchObject(error);
  });

  test.each(Object.keys(SINKS))('%s: no answer at all', async (name) => {
    await expect(send(name, () => undefined)).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED' });
  });
});

test('an event with an id is accepted, though its error code is null', async () => {
  await send('eventBus', () => ({ Entries: [{ EventId: 'e', ErrorCode: null, ErrorMessage: null }] }));
});

test.each<[string, unknown]>([
  ['whose name is a symbol', { name: Symbol('n'), message: 'm' }],
  ['whose name is a number', { name: 5, message: 'm' }],
  ['whose message is an object', { name: 'Unheard', message: {} }],
  ['whose status is text', { name: 'Unheard', message: 'm', $metadata: { httpStatusCode: '400' } }],
  ['whose metadata is text', { name: 'Unheard', message: 'm', $metadata: 'm' }],
  ['without permission, whose message is an object', { name: 'AccessDenied', message: {} }],
  [
    'that throws when it is read',
    new Proxy(new Error('m'), {
      get() {
        throw new Error('read');
      },
    }),
  ],
  ['null', null],
  ['a symbol', Symbol('thrown')],
])('a client may throw an error %s: the message fails, and the next one is sent', async (_, thrown) => {
  let requests = 0;
  const client = {
    async send() {
      if (requests++ === 0) throw thrown;
      return { ETag: 'e' };
    },
  };
  const bucket = bucketWriter({ bucket: 'archive', client: client as never });
  const error = { code: 'SINK_REQUEST_FAILED', retryable: false };
  await expect(bucket.send('a', { detached: true })).rejects.toMatchObject(error);
  await bucket.send('b', { detached: true });
});

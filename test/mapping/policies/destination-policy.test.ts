import { expect, test } from 'vitest';
import { destinationPolicy } from '../../../src/mapping/index.ts';
import { BUCKET, QUEUE, TOPIC } from '../formats/mappings.ts';

const REFERENCE = { 'Fn::GetAtt': ['Failures', 'Arn'] };

test.each([
  ['a queue', QUEUE, undefined, [['sqs:SendMessage', QUEUE]]],
  ['a topic', TOPIC, undefined, [['sns:Publish', TOPIC]]],
  [
    'a bucket',
    BUCKET,
    undefined,
    [
      ['s3:PutObject', `${BUCKET}/*`],
      ['s3:ListBucket', BUCKET],
    ],
  ],
  ['a reference to a queue', REFERENCE, 'sqs', [['sqs:SendMessage', REFERENCE]]],
  ['text that the template completes', '${var.topic}', 'sns', [['sns:Publish', '${var.topic}']]],
  [
    'a reference to a bucket',
    REFERENCE,
    's3',
    [
      ['s3:PutObject', { 'Fn::Sub': ['${bucket}/*', { bucket: REFERENCE }] }],
      ['s3:ListBucket', REFERENCE],
    ],
  ],
] as const)('Lambda may send details of discarded records to %s', (_, destination, type, statements) => {
  expect(destinationPolicy(destination, { type })).toEqual(
    statements.map(([action, Resource]) => ({ Effect: 'Allow', Action: [action], Resource })),
  );
});

test.each([
  [REFERENCE, {}, "type is required, 'sqs', 'sns' or 's3': a reference does not show its type."],
  ['failures', {}, "type is required, 'sqs', 'sns' or 's3': a reference does not show its type."],
  [QUEUE.replace('sqs', 'kinesis'), {}, 'type has to be one of s3, sns, sqs, got "kinesis".'],
  [QUEUE, { type: 'SQS' }, 'type has to be one of s3, sns, sqs, got "SQS".'],
  [QUEUE, { kind: 'sqs' }, 'kind is not an option. Known options: type.'],
  [undefined, {}, 'the destination has to be text, or a reference'],
])('it refuses %o with %o', (destination, options, message) => {
  expect(() => destinationPolicy(destination as never, options as never)).toThrow(
    `destinationPolicy: ${message}`,
  );
});

import { expect, test } from 'vitest';
import { createdDestination } from '../../../src/cli/flags/created-destination.ts';
import { resourcesOf } from '../../../src/cli/flags/resource-flags.ts';
import { onFailureDestination } from '../../../src/mapping/on-failure-destination.ts';

const ENVIRONMENT = {
  LOST_QUEUE_URL: 'http://127.0.0.1/0/lost',
  LOST_QUEUE_ARN: 'arn:aws:sqs:eu-central-1:000000000000:lost',
  MINE_ARN: 'arn:aws:sqs:eu-central-1:000000000000:named',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:000000000000:alerts',
};

const resources = resourcesOf({
  createQueue: ['lost', 'named=MINE', 'orders.fifo', 'twice'],
  createTopic: ['alerts', 'twice'],
  createBucket: ['files'],
  createTable: ['Audit=id'],
});

test.each([
  ['lost', ENVIRONMENT.LOST_QUEUE_ARN],
  ['named', ENVIRONMENT.MINE_ARN],
  ['alerts', ENVIRONMENT.ALERTS_TOPIC_ARN],
  ['files', 'arn:aws:s3:::files'],
])('%s is what the command creates', (name, arn) => {
  const destination = createdDestination(resources, name);
  expect(destination?.arnIn(ENVIRONMENT)).toBe(arn);
  const read = (text: string | undefined) =>
    onFailureDestination('dev', { onFailure: { destination: text } });
  expect(read(destination?.placeholder)).toMatchObject({ name, service: read(arn)?.service });
});

test('a FIFO queue is refused with its name, as a deployed mapping refuses it', () => {
  const destination = createdDestination(resources, 'orders.fifo')?.placeholder;
  expect(() => onFailureDestination('dev', { onFailure: { destination } })).toThrow(
    'has to be a standard queue or topic, got a FIFO one: orders.fifo.',
  );
});

test.each([['other'], ['Audit'], ['twice'], [ENVIRONMENT.LOST_QUEUE_ARN], [undefined], [true]])(
  '%s is not the name of one thing that the command creates',
  (given) => {
    expect(createdDestination(resources, given)).toBeUndefined();
  },
);

import { expect, test } from 'vitest';
import { queueArn } from '../../../src/mapping/policies/queue-arn.ts';

const PATH = '123456789012/payments';

test.each([
  [`https://sqs.eu-central-1.amazonaws.com/${PATH}`, 'arn:aws:sqs:eu-central-1:123456789012:payments'],
  [
    `https://sqs.eu-central-1.amazonaws.com/${PATH}.fifo`,
    'arn:aws:sqs:eu-central-1:123456789012:payments.fifo',
  ],
  [
    `https://sqs-fips.us-gov-west-1.amazonaws.com/${PATH}`,
    'arn:aws-us-gov:sqs:us-gov-west-1:123456789012:payments',
  ],
  [`https://sqs.cn-north-1.amazonaws.com.cn/${PATH}`, 'arn:aws-cn:sqs:cn-north-1:123456789012:payments'],
  [`https://sqs.eu-central-1.api.aws/${PATH}`, 'arn:aws:sqs:eu-central-1:123456789012:payments'],
  [
    `https://vpce-1a-2b.sqs.eu-west-1.vpce.amazonaws.com/${PATH}`,
    'arn:aws:sqs:eu-west-1:123456789012:payments',
  ],
  [`https://eu-west-1.queue.amazonaws.com/${PATH}`, 'arn:aws:sqs:eu-west-1:123456789012:payments'],
  [`https://queue.amazonaws.com/${PATH}`, 'arn:aws:sqs:us-east-1:123456789012:payments'],
])('%s is the URL of %s', (url, arn) => {
  expect(queueArn(url)).toBe(arn);
});

test.each([
  'payments',
  'http://localhost:4566/123456789012/payments',
  'https://sqs.eu-central-1.amazonaws.com.example.com/123456789012/payments',
  'https://sqs.eu-central-1.amazonaws.com/payments',
  'https://sqs.eu-central-1.amazonaws.com/123456789012/pay*',
])('%s does not say which queue it is', (url) => {
  expect(queueArn(url)).toBeUndefined();
});

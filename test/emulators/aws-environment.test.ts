import { expect, test } from 'vitest';
import { awsEnvironment } from '../../src/emulators/aws-environment.ts';

const tables = { dynamodb: 'http://127.0.0.1:1', streams: 'http://127.0.0.1:2' };

test('a program with its own credentials keeps them', () => {
  const environment = awsEnvironment({
    tables,
    messages: undefined,
    region: 'eu-central-1',
    profile: 'me',
    ownCredentials: true,
  });
  expect(environment).toEqual({
    AWS_ENDPOINT_URL_DYNAMODB: tables.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: tables.streams,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_PROFILE: 'me',
  });
});

test('another one gets a key that local servers take, and neither profile nor session token', () => {
  const messages = { sns: 'http://127.0.0.1:3', sqs: 'http://127.0.0.1:4', s3: 'http://127.0.0.1:5' };
  expect(awsEnvironment({ tables, messages, region: 'eu-central-1', ownCredentials: false })).toMatchObject({
    AWS_ENDPOINT_URL_SNS: messages.sns,
    AWS_ENDPOINT_URL_SQS: messages.sqs,
    AWS_ENDPOINT_URL_S3: messages.s3,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
  });
});

import { describe, expect, test } from 'vitest';
import { crossAccountPolicy, streamPolicy } from '../../../src/mapping/index.ts';
import { STREAM } from '../formats/mappings.ts';

const READ = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const ROLE = 'arn:aws:iam::111122223333:role/on-change';

describe('streamPolicy', () => {
  test.each([STREAM, '${aws_dynamodb_table.app.stream_arn}', { 'Fn::GetAtt': ['App', 'StreamArn'] }])(
    'allows reading this stream, and listing streams, which has no narrower resource: %o',
    (streamArn) => {
      expect(streamPolicy(streamArn)).toEqual([
        { Effect: 'Allow', Action: READ, Resource: streamArn },
        { Effect: 'Allow', Action: ['dynamodb:ListStreams'], Resource: '*' },
      ]);
    },
  );

  test.each([
    [undefined, 'undefined'],
    ['*', '"*"'],
    ['arn:aws:dynamodb:eu-central-1:123456789012:table/App', '"arn:aws:'],
  ])('refuses %o', (streamArn, shown) => {
    expect(() => streamPolicy(streamArn as string)).toThrow(
      new RegExp(
        `^streamPolicy: the stream has to be the ARN of a stream .*, got ${shown.replace(/[*"]/g, '\\$&')}`,
      ),
    );
  });
});

describe('crossAccountPolicy', () => {
  test.each([
    [{ principal: ROLE }, ROLE],
    [{ principal: { Ref: 'ReaderRole' } }, { Ref: 'ReaderRole' }],
    [{ principal: '${var.reader}' }, '${var.reader}'],
    [{ account: '111122223333' }, '111122223333'],
  ])('lets one reader read the stream: %o', (reader, principal) => {
    expect(crossAccountPolicy({ streamArn: STREAM, ...reader })).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: READ, Resource: STREAM }],
    });
  });

  test.each([
    [{}, 'pass either principal, the ARN of a role, or account, and not both.'],
    [
      { principal: ROLE, account: '111122223333' },
      'pass either principal, the ARN of a role, or account, and not both.',
    ],
    [{ account: 111122223333 }, 'account has to be text of 12 digits, got 111122223333.'],
    [{ account: '*' }, 'account has to be text of 12 digits, got "*".'],
    [
      { principal: '*' },
      'principal has to be the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME), or a reference to it, got "*".',
    ],
    [{ principal: [] }, 'principal has to be the ARN of a role'],
    [{ account: '111122223333', streamArn: 'App' }, 'streamArn has to be the ARN of a stream'],
    [{ role: ROLE }, 'role is not an option. Known options: streamArn, principal, account.'],
  ])('refuses %o', (options, message) => {
    expect(() => crossAccountPolicy({ streamArn: STREAM, ...options } as never)).toThrow(
      `crossAccountPolicy: ${message}`,
    );
  });
});

import type { _Record as SdkRecord } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, test } from 'vitest';
import { lambdaRecord as ofSent } from '../../../src/stream/records/lambda-record.ts';
import { asSent, isServerRecord, type ServerRecord } from '../../../src/stream/records/server-record.ts';

const lambdaRecord = (record: SdkRecord, arn: string) => ofSent(asSent(record) as ServerRecord, arn);

const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Photos/stream/2026-01-01T00:00:00.000';
const bytes = (...values: number[]) => new Uint8Array(values);

const insert: SdkRecord = {
  eventID: '7de3041dd709b024af6f29e4fa13d34c',
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'somewhere-else',
  dynamodb: {
    ApproximateCreationDateTime: new Date('2026-01-01T00:00:00.999Z'),
    Keys: { id: { S: 'p-1' } },
    NewImage: { id: { S: 'p-1' }, size: { N: '12' } },
    OldImage: { id: { S: 'p-1' } },
    SequenceNumber: '13021600000000001596893679',
    SizeBytes: 112,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
};

const withImage = (NewImage: NonNullable<SdkRecord['dynamodb']>['NewImage']): SdkRecord => ({
  ...insert,
  dynamodb: { ...insert.dynamodb, NewImage },
});

test('a record has exactly the members that Lambda sends: whole seconds, region and source from the ARN', () => {
  expect(lambdaRecord(insert, streamArn)).toStrictEqual({
    eventID: '7de3041dd709b024af6f29e4fa13d34c',
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: 1767225600,
      Keys: { id: { S: 'p-1' } },
      NewImage: { id: { S: 'p-1' }, size: { N: '12' } },
      OldImage: { id: { S: 'p-1' } },
      SequenceNumber: '13021600000000001596893679',
      SizeBytes: 112,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
  });
});

test('what the SDK leaves out is absent, not undefined', () => {
  const undefinedMembers = { ...insert, eventID: undefined, userIdentity: undefined };
  const record = lambdaRecord(
    { ...undefinedMembers, dynamodb: { OldImage: undefined, SequenceNumber: '1' } },
    streamArn,
  );
  expect(Object.keys(record)).toEqual([
    'eventName',
    'eventVersion',
    'eventSource',
    'awsRegion',
    'dynamodb',
    'eventSourceARN',
  ]);
  expect(record.dynamodb).toStrictEqual({ SequenceNumber: '1' });
});

test('a TTL delete carries its identity in camelCase', () => {
  const userIdentity = { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' };
  const record = lambdaRecord({ ...insert, eventName: 'REMOVE', userIdentity }, streamArn);
  expect(record.userIdentity).toStrictEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
});

describe('values', () => {
  test.each([
    ['binary', { B: bytes(1, 2, 255) }, { B: 'AQL/' }],
    ['empty binary', { B: bytes() }, { B: '' }],
    ['binary set', { BS: [bytes(1), bytes(2)] }, { BS: ['AQ==', 'Ag=='] }],
    [
      'binary in a list in a map',
      { M: { a: { L: [{ B: bytes(1) }] } } },
      { M: { a: { L: [{ B: 'AQ==' }] } } },
    ],
    [
      'binary set in a map in a list',
      { L: [{ M: { a: { BS: [bytes(2)] } } }] },
      { L: [{ M: { a: { BS: ['Ag=='] } } }] },
    ],
    ['string, empty', { S: '' }, { S: '' }],
    ['number of 38 digits', { N: '1'.repeat(38) }, { N: '1'.repeat(38) }],
    ['string set', { SS: ['b', 'a'] }, { SS: ['b', 'a'] }],
    ['number set', { NS: ['2', '1'] }, { NS: ['2', '1'] }],
    ['false', { BOOL: false }, { BOOL: false }],
    ['null', { NULL: true as const }, { NULL: true }],
    ['empty list', { L: [] }, { L: [] }],
    ['empty map', { M: {} }, { M: {} }],
  ])('%s', (_name, sdk, lambda) => {
    expect(lambdaRecord(withImage({ value: sdk }), streamArn).dynamodb?.NewImage).toStrictEqual({
      value: lambda,
    });
  });

  test('bytes that are a view of a larger buffer', () => {
    const view = new Uint8Array(bytes(9, 1, 2, 9).buffer, 1, 2);
    expect(lambdaRecord(withImage({ value: { B: view } }), streamArn).dynamodb?.NewImage?.value).toEqual({
      B: 'AQI=',
    });
  });

  test('an attribute named __proto__ is an attribute', () => {
    const image = JSON.parse('{"__proto__":{"S":"x"}}');
    const converted = lambdaRecord(withImage(image), streamArn).dynamodb?.NewImage;
    expect(JSON.stringify(converted)).toBe('{"__proto__":{"S":"x"}}');
  });

  test.each([
    ['null', 'null'],
    ['a null in a list', '{"L":[null]}'],
    ['a null in a map', '{"M":{"a":null}}'],
    ['text where bytes belong', '{"B":"AQID"}'],
    ['a list that is none', '{"L":"x"}'],
    ['a binary set that is none', '{"BS":"x"}'],
    ['a map that is none', '{"M":"x"}'],
    ['text', '"x"'],
  ])('%s stays for the function to fail on', (_name, json) => {
    const image = JSON.parse(`{"value":${json}}`);
    expect(JSON.stringify(lambdaRecord(withImage(image), streamArn).dynamodb?.NewImage)).toBe(
      `{"value":${json}}`,
    );
  });
});

test.each([
  [null],
  ['x'],
  [{}],
  [{ dynamodb: null }],
  [{ dynamodb: { SequenceNumber: 7 } }],
  [asSent({})],
  [asSent(null)],
])('%j has no place in a shard', (record) => expect(isServerRecord(record)).toBe(false));

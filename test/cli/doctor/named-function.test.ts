import { describe, expect, test } from 'vitest';
import { namedFunction } from '../../../src/cli/doctor/named-function.ts';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:on-invoice';
const named = { functionName: 'on-invoice', qualifier: undefined, account: undefined, region: undefined };
const inAccount = { ...named, account: '111122223333' };
const ofArn = { ...inAccount, region: 'eu-central-1' };

describe('takes', () => {
  test.each([
    ['on-invoice', named],
    ['on-invoice:live', { ...named, qualifier: 'live' }],
    ['on-invoice:3', { ...named, qualifier: '3' }],
    ['on-invoice:$LATEST', named],
    ['on-invoice:$LATEST.PUBLISHED', { ...named, qualifier: '$LATEST.PUBLISHED' }],
    ['function:on-invoice', named],
    ['111122223333:on-invoice', inAccount],
    ['111122223333:function:on-invoice:live', { ...inAccount, qualifier: 'live' }],
    [ARN, ofArn],
    [`${ARN}:$LATEST`, ofArn],
    [`${ARN}:live`, { ...ofArn, qualifier: 'live' }],
    [
      'arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:on-invoice',
      { ...inAccount, region: 'us-gov-west-1' },
    ],
    [
      'arn:aws-eusc:lambda:eusc-de-east-1:111122223333:function:on-invoice',
      { ...inAccount, region: 'eusc-de-east-1' },
    ],
  ])('%s', (text, parts) => {
    expect(namedFunction(text, undefined)).toEqual(parts);
    expect(namedFunction(text, parts.region)).toEqual(parts);
  });
});

test.each([
  [undefined, /^--function is needed/],
  ['', /^--function has to be the name/],
  ['on invoice', /^--function has to be the name/],
  ['on-invoice:', /^--function has to be the name/],
  ['arn:aws:sqs:eu-central-1:111122223333:queue', /^--function has to be the name/],
])('refuses %s', (text, message) => {
  expect(() => namedFunction(text, undefined)).toThrow(message);
});

test('refuses two Regions', () => {
  expect(() => namedFunction(ARN, 'us-east-1')).toThrow(
    '--function names a function in eu-central-1, and --region is us-east-1.',
  );
});

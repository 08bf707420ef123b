import { expect, test } from 'vitest';
import { examiner, told, unknown } from '../examine.ts';
import { STREAM_ARN, TABLE_ARN } from '../fake-aws/world.ts';

const examine = examiner();

test.each([
  ['a table', TABLE_ARN],
  ['a table without account', 'arn:aws:dynamodb:::table/Invoices'],
  ['an index', `${TABLE_ARN}/index/ByCustomer`],
  ['an ARN without resource', 'arn:aws:dynamodb'],
  ['nothing', undefined],
])('a mapping of %s is none of a stream, and does not end the check', async (_what, EventSourceArn) => {
  const diagnosis = await examine({
    change: ({ mappings }) => mappings.push({ ...mappings[0], UUID: 'odd', EventSourceArn }),
  });
  expect(told(diagnosis)).toEqual([]);
  expect(unknown(diagnosis)).toEqual([]);
});

test.each([['arn:aws-cn:dynamodb:cn-north-1'], ['arn:aws-us-gov:dynamodb:us-gov-west-1']])(
  'a stream of %s is one',
  async (start) => {
    const { calls } = await examine({
      change: ({ mappings: [mapping] }) =>
        Object.assign(mapping as object, {
          EventSourceArn: STREAM_ARN.replace(/^arn:aws:dynamodb:[^:]+/, start),
        }),
    });
    expect(calls).toContain('DescribeStream');
  },
);

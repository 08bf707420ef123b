import { expect, test } from 'vitest';
import { streamLabelOf, tableNameOf } from '../../src/record/stream-arn.ts';

test.each<[string, string | undefined, string]>([
  [
    'an ARN',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
    'Invoices',
  ],
  ['another partition', 'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/a.b-c_d/stream/x', 'a.b-c_d'],
  ['an ARN of a table alone', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices', 'Invoices'],
  [
    'the malformed ARN that the LocalStack guide prints',
    'arn:aws:dynamodb:000000000000:us-east-1 ID:table/BarkTable/stream/2016-11-16T20:42:48.104',
    'BarkTable',
  ],
  ['an ARN of a queue', 'arn:aws:sqs:eu-central-1:123456789012:table', ''],
  ['an ARN without a name', 'arn:aws:dynamodb:eu-central-1:123456789012:table/', ''],
  ['no ARN at all', 'Invoices', ''],
  ['an empty text', '', ''],
  ['nothing', undefined, ''],
  ['what cannot be made text', { toString: 1 } as never, ''],
])('the table name of %s', (_, arn, name) => {
  expect(tableNameOf(arn)).toBe(name);
});

test.each<[string, string | undefined, string]>([
  [
    'an ARN',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
    '2026-01-01T00:00:00.000',
  ],
  [
    'an ARN of an emulator',
    'arn:aws:dynamodb:ddblocal:000000000000:table/T/stream/1795254556.899',
    '1795254556.899',
  ],
  ['an ARN of a table alone', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices', ''],
  ['nothing', undefined, ''],
  ['what cannot be made text', { toString: 1 } as never, ''],
])('the label of the stream of %s', (_, arn, label) => {
  expect(streamLabelOf(arn)).toBe(label);
});

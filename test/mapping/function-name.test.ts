import { describe, expect, test } from 'vitest';
import { isFunctionName } from '../../src/mapping/function-name.ts';

describe('what Lambda takes for a function', () => {
  test.each([
    'invoices',
    'On_Invoice-2',
    'invoices:live',
    'invoices:7',
    'invoices:$LATEST',
    'invoices:$LATEST.PUBLISHED',
    '123456789012:function:invoices',
    'function:invoices',
    'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
    'arn:aws:lambda:eu-central-1:123456789012:function:invoices:live',
    'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:invoices',
    'arn:aws-eusc:lambda:eusc-de-east-1:123456789012:function:invoices',
  ])('%s', (text) => {
    expect(isFunctionName(text)).toBe(true);
  });

  test.each([
    '',
    'app.on_invoice',
    'src/handler.ts',
    'on invoice',
    'invoices:',
    'invoices:live.PUBLISHED',
    'invoices:live:7',
    'aws_lambda_function.on_invoice.arn',
    'arn:aws:sqs:eu-central-1:123456789012:invoices',
    'arn:aws:lambda:eu-central-1:123:function:invoices',
  ])('not %j', (text) => {
    expect(isFunctionName(text)).toBe(false);
  });
});

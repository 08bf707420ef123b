import { expect, test } from 'vitest';
import { retrySettingsOf } from '../../../src/cli/dev/retry-settings.ts';

test('settings that are not given are those of AWS', () => {
  expect(retrySettingsOf({ startingPosition: 'LATEST' })).toEqual({
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: -1,
    onFailureDestination: null,
  });
});

test('a destination is named by its ARN', () => {
  const destination = 'arn:aws:sqs:eu-west-1:123456789012:failed';
  expect(
    retrySettingsOf({
      startingPosition: 'LATEST',
      maximumRetryAttempts: 3,
      maximumRecordAgeInSeconds: 60,
      destinationConfig: { onFailure: { destination } },
    }),
  ).toEqual({ maximumRetryAttempts: 3, maximumRecordAgeInSeconds: 60, onFailureDestination: destination });
});

import { expect, test } from 'vitest';
import { examiner } from '../examine.ts';

const examine = examiner();

test.each([
  [
    'and a destination, if there is none: discarded records would not be recorded anywhere',
    { DestinationConfig: undefined },
    / --maximum-record-age-in-seconds 43200 --destination-config OnFailure=\{Destination=QUEUE_ARN\}$/,
  ],
  ['alone, if there is a destination', {}, / --maximum-record-age-in-seconds 43200$/],
])('the remedy for retries without an end sets an age %s', async (_, settings, remedy) => {
  const { findings } = await examine({
    change: ({ mappings }) =>
      Object.assign(mappings[0] as object, { MaximumRecordAgeInSeconds: -1, ...settings }),
  });
  expect(findings.find(({ code }) => code === 'RETRIES_UNBOUNDED')?.remedy).toMatch(remedy);
});

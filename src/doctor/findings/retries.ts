import type { CheckMapping } from '../check.ts';
import { updateCommand } from '../check.ts';
import { finding } from '../finding.ts';

/** Half a day, as `eventSourceMapping` has it. */
const AGE = 43_200;

const SET_DESTINATION = '--destination-config OnFailure={Destination=QUEUE_ARN}';

/** How long a record that cannot be handled holds up its shard. */
export const retries: CheckMapping = function* ({ mapping, subject }) {
  const { maximumRetryAttempts, maximumRecordAgeInSeconds, destination } = mapping;
  if (maximumRetryAttempts === -1 && maximumRecordAgeInSeconds === -1) {
    yield finding('RETRIES_UNBOUNDED', subject, {
      is: 'MaximumRetryAttempts and MaximumRecordAgeInSeconds are -1: unlimited.',
      should: `MaximumRecordAgeInSeconds: ${AGE}, with a destination`,
      why:
        'A record that always fails blocks its shard until it leaves the stream after 24 hours. Then it is lost, and the ' +
        'records after it may be lost too.',
      // With an end and without a destination, discarded records would not be recorded anywhere.
      remedy: updateCommand(
        mapping,
        `--maximum-record-age-in-seconds ${AGE}${destination === undefined ? ` ${SET_DESTINATION}` : ''}`,
      ),
    });
  }
  if (destination === undefined) {
    yield finding('NO_DESTINATION', subject, {
      is: 'The mapping has no OnFailure destination.',
      should: 'a standard queue, a standard topic or a bucket',
      why: 'Records that Lambda discards are not recorded anywhere, so they cannot be replayed.',
      remedy: updateCommand(mapping, SET_DESTINATION),
    });
  }
};

import type { CheckMapping } from '../check.ts';
import { updateCommand } from '../check.ts';
import { finding } from '../finding.ts';

const HOUR = 3_600_000;

/** Checks that the mapping runs, and how its last batch ended. */
export const mappingState: CheckMapping = function* ({ state: { readAt }, mapping, subject }) {
  const { state, stateReason, lastResult, startingPosition, lastModified } = mapping;
  if (state !== 'Enabled') {
    yield finding('MAPPING_NOT_ENABLED', subject, {
      // It is on its way there, and will be enabled.
      severity: ['Creating', 'Enabling', 'Updating'].includes(state) ? 'note' : 'error',
      is: `The mapping is in the state ${state}${stateReason === undefined ? '' : ` (${stateReason})`}.`,
      should: 'Enabled',
      why: 'The function gets no records. Records that leave the stream after 24 hours are lost.',
      remedy: updateCommand(mapping, '--enabled'),
    });
  }
  if (lastResult !== undefined && !GOOD.includes(lastResult)) {
    yield finding('LAST_RESULT_PROBLEM', subject, {
      is: `The last result is: ${lastResult}.`,
      should: 'OK, or No records processed',
      why: 'The last batch failed. Until it succeeds or is discarded, its shard waits.',
      remedy: "Read the function's log: docs/operations.md#look-first",
    });
  }
  if (
    startingPosition === 'LATEST' &&
    lastModified !== undefined &&
    readAt.getTime() - lastModified.getTime() < 24 * HOUR
  ) {
    yield finding('STARTS_AT_LATEST', subject, {
      is: 'The mapping began at LATEST, and was created or changed within the last 24 hours.',
      should: 'StartingPosition: TRIM_HORIZON, unless older changes must not be handled',
      why: 'Changes that were written while the mapping was being created may be missed.',
      remedy:
        'If the mapping is new: delete it, and create it at TRIM_HORIZON. The function then gets the last 24 hours.',
    });
  }
};

const GOOD = ['OK', 'No records processed', ''];

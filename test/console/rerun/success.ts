import type { RerunEnd } from '../../../src/console/recorder.ts';

/** The end of a rerun of one record whose handler succeeded. */
export const SUCCESS: RerunEnd = {
  outcome: 'succeeded',
  processed: 1,
  durationMs: 1,
  response: null,
  error: undefined,
  failures: [],
};

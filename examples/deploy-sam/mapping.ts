import { eventSourceMapping } from 'streamlane/mapping';
import { handler } from './handler.ts';

/** The deployed mapping. Tests pass its `options` to `deliver`, so that they run with it. */
export const mapping = eventSourceMapping(handler, {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 1000,
  metricsConfig: { metrics: ['EventCount'] },
  destinationConfig: { onFailure: { destination: { 'Fn::GetAtt': ['Discarded', 'Arn'] } } },
});

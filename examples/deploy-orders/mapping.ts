import { eventSourceMapping } from 'streamlane/mapping';
import { handler } from './handler.ts';

/** The mapping that is deployed. The audit trail needs every change, so it has no filters. */
export const mapping = eventSourceMapping(handler, {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 500,
  filters: false,
  metricsConfig: { metrics: ['EventCount'] },
  destinationConfig: { onFailure: { destination: { 'Fn::GetAtt': ['Discarded', 'Arn'] } } },
});

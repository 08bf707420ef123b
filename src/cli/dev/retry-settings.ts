import type { RetrySettings } from '../../console/protocol/events.ts';
import { type EventSourceMappingOptions, mappingSettings } from '../../mapping/options.ts';

/** Returns the settings of a mapping about retries, with AWS's defaults. The options are checked already. */
export function retrySettingsOf(options: EventSourceMappingOptions): RetrySettings {
  const { maximumRetryAttempts, maximumRecordAgeInSeconds, onFailure } = mappingSettings(options, 'dev');
  return { maximumRetryAttempts, maximumRecordAgeInSeconds, onFailureDestination: onFailure?.arn ?? null };
}

import type { OnFailureDestination } from '../../mapping/on-failure-destination.ts';
import { bucketDestination } from './bucket.ts';
import type { DestinationOptions, SendOnFailure } from './destination.ts';
import { queueDestination } from './queue.ts';
import { topicDestination } from './topic.ts';

/** Opens a destination, so that a missing package or resource is noticed early. */
export function openDestination(
  destination: OnFailureDestination,
  options: DestinationOptions,
): Promise<SendOnFailure> {
  switch (destination.service) {
    case 'sqs':
      return queueDestination(destination, options);
    case 'sns':
      return topicDestination(destination, options);
    case 's3':
      return bucketDestination(destination, options);
  }
}

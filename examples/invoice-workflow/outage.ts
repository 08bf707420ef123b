import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Announcement } from './announce.ts';

export interface OutageOptions {
  /** Which announcements the topic refuses. */
  readonly hits: (announcement: Announcement) => boolean;
  /** How many times it refuses each of them. */
  readonly failures: number;
  readonly onRefused: (announcement: Announcement) => void;
  readonly onPublished: (announcement: Announcement) => void;
}

/**
 * Lets SNS fail for a while, as seen from the handler.
 *
 * It sits in the client, so that the handler under demonstration needs no line of code for it; and before the
 * client's own retries, which would hide an outage this short.
 */
export function simulateOutage(
  sns: SNSClient,
  { hits, failures, onRefused, onPublished }: OutageOptions,
): void {
  const refused = new Map<string, number>();
  sns.middlewareStack.add(
    (next) => async (args) => {
      const message = (args.input as PublishCommandInput).Message ?? '';
      const announcement: Announcement = JSON.parse(message);
      const times = refused.get(message) ?? 0;
      if (hits(announcement) && times < failures) {
        refused.set(message, times + 1);
        onRefused(announcement);
        throw new Error('SNS is not available (simulated outage)');
      }
      const result = await next(args);
      onPublished(announcement);
      return result;
    },
    { step: 'initialize', name: 'simulateOutage' },
  );
}

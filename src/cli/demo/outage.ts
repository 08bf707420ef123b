import { PublishCommand } from '@aws-sdk/client-sns';
import type { Announce } from './invoice-router.ts';
import type { Resources } from './resources.ts';

/** How many times the topic refuses an announcement that the outage hits. */
const FAILURES = 2;

/** Publishes to a topic that is down for every tenth invoice when it is opened. */
export interface Outage {
  readonly announce: Announce;
  /** How many announcements were refused. */
  readonly refused: () => number;
}

export function simulatedOutage({ sns, topicArn }: Resources): Outage {
  const refusals = new Map<string, number>();
  let refused = 0;
  return {
    refused: () => refused,
    async announce(announcement, { customerId, invoiceId }, id) {
      const times = refusals.get(id) ?? 0;
      if (announcement.what === 'opened' && invoiceId.endsWith('0') && times < FAILURES) {
        refusals.set(id, times + 1);
        refused++;
        throw new Error('SNS is not available (simulated outage)');
      }
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: JSON.stringify(announcement),
          // A group is delivered in order: one for each invoice carries the order of its lane on.
          MessageGroupId: `${customerId}/${invoiceId}`,
          // The topic drops an announcement that it has already.
          MessageDeduplicationId: id,
        }),
      );
    },
  };
}

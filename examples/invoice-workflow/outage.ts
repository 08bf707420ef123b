import type { PublishBatchCommandInput, PublishBatchCommandOutput, SNSClient } from '@aws-sdk/client-sns';
import type { Announcement } from './announcement.ts';

export interface OutageOptions {
  /** The topic that it hits. */
  readonly topicArn: string;
  /** Which announcements the topic refuses. */
  readonly hits: (announcement: Announcement) => boolean;
  /** How many times it refuses each of them. */
  readonly failures: number;
  readonly onRefused: (announcement: Announcement) => void;
  readonly onPublished: (announcement: Announcement) => void;
}

/**
 * Lets SNS refuse some entries of a batch for a while, as it does when it is throttled.
 *
 * It sits in the client, so that the function under demonstration needs no line of code for it.
 */
export function simulateOutage(
  sns: SNSClient,
  { topicArn, hits, failures, onRefused, onPublished }: OutageOptions,
): void {
  const refusals = new Map<string, number>();
  const isRefused = (message: string): boolean => {
    const announcement: Announcement = JSON.parse(message);
    const times = refusals.get(message) ?? 0;
    if (!hits(announcement) || times >= failures) return false;
    refusals.set(message, times + 1);
    onRefused(announcement);
    return true;
  };
  sns.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as PublishBatchCommandInput;
      if (input.TopicArn !== topicArn) return next(args);
      const entries = input.PublishBatchRequestEntries ?? [];
      const refused = entries.filter(({ Message = '' }) => isRefused(Message));
      const passing = entries.filter((entry) => !refused.includes(entry));
      const failed = refused.map(({ Id }) => ({ Id, Code: 'ThrottledException', SenderFault: false }));
      if (passing.length === 0) {
        return { output: { $metadata: {}, Successful: [], Failed: failed }, response: undefined };
      }
      const result = await next({ ...args, input: { ...input, PublishBatchRequestEntries: passing } });
      const { Failed = [] } = result.output as PublishBatchCommandOutput;
      for (const { Id, Message = '' } of passing) {
        if (!Failed.some((failure) => failure.Id === Id)) onPublished(JSON.parse(Message));
      }
      return { ...result, output: { ...result.output, Failed: [...Failed, ...failed] } };
    },
    { step: 'initialize', name: 'simulateOutage' },
  );
}

// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from '@aws-sdk/client-sns';
import { wholeNumberFrom } from '../options/check.ts';
import type { EnvironmentVariable } from '../options/env.ts';
import { refusalsOf } from './batcher/batch-results.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import { type AwsSinkOptions, checkAwsSinkOptions, clientOf } from './batcher/client.ts';
import type { Payload } from './batcher/entry.ts';
import { type GroupOptions, groupIds, isFifo } from './message/fifo.ts';
import { type AttributeValue, attributeBytes, messageAttributes } from './message/message-attributes.ts';
import { messageContent, messageText } from './message/message-text.ts';
import { tracedAttributes } from './message/message-trace.ts';
import { checkTexts } from './message/wrong-message.ts';
import type { SendOptions, Sink } from './sink.ts';
import { type TargetKind, targetCheck } from './sink-target.ts';

/** Options of {@link snsTopic}. */
export interface SnsTopicOptions extends AwsSinkOptions<SNSClient> {
  /** The topic. */
  readonly topicArn: string | EnvironmentVariable;
  /**
   * The topic's own `MaximumMessageSize`, where that was changed: 1,024 to 1,048,576 bytes.
   *
   * @defaultValue 262,144
   * @see https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
   */
  readonly maxMessageBytes?: number;
}

/** The second argument of a topic's `send`. */
export type PublishOptions = SendOptions & PublicationOptions;

/** Settings of one publication, besides its record. */
export interface PublicationOptions extends GroupOptions {
  /** Up to 10 message attributes, for filter policies. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** For subscriptions by e-mail. */
  readonly subject?: string;
}

/** An SNS topic as a sink. */
export interface SnsTopic extends Sink<PublishOptions> {
  /** `send` by its name in SNS. */
  publish(message: unknown, options: PublishOptions): Promise<void>;
}

interface Publication extends Payload {
  readonly entry: Omit<PublishBatchRequestEntry, 'Id'>;
}

const TOPIC: TargetKind = {
  noun: 'topic',
  action: 'sns:Publish',
  expected: 'the ARN of a topic, such as arn:aws:sns:eu-central-1:123456789012:payments',
  accepts: (text) => /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(text),
};

const DEFAULT_BYTES = 262_144;

/**
 * An SNS topic, standard or FIFO. Messages that are published at the same time travel in one request: 10 of them, and
 * 262,144 bytes in total, attributes included.
 *
 * A FIFO topic gets the item key as the group and the event id with a hash of the message for deduplication: redelivery
 * within five minutes publishes nothing twice, and the changes of an item arrive in order.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });
 *
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(async (record) => { await payments.publish({ id: record.newImage.invoiceId }, { record }); });
 * ```
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
export function snsTopic(options: SnsTopicOptions): SnsTopic {
  checkAwsSinkOptions(
    'snsTopic',
    options,
    { topicArn: targetCheck(TOPIC) },
    { maxMessageBytes: wholeNumberFrom(1024, 1_048_576) },
  );
  const { maxMessageBytes = DEFAULT_BYTES } = options;
  const client = clientOf(options, (settings) => new SNSClient(settings));
  const sink = batchedSink<Publication, PublishOptions>(options, {
    named: ['snsTopic', 'topicArn'],
    target: options.topicArn,
    kind: TOPIC,
    maxEntries: 10,
    maxBytes: maxMessageBytes,
    payloadOf: (target, message, sendOptions) => publicationOf(target, message, sendOptions, maxMessageBytes),
    async request(publications, { target, signal }) {
      const PublishBatchRequestEntries = publications.map(({ entry }, index) => ({
        Id: `${index}`,
        ...entry,
      }));
      const command = new PublishBatchCommand({ TopicArn: target, PublishBatchRequestEntries });
      return refusalsOf(await client().send(command, { abortSignal: signal }), publications.length);
    },
  });
  return Object.assign(sink, { publish: sink.send });
}

function publicationOf(
  target: string,
  message: unknown,
  options: PublishOptions,
  maxBytes: number,
): Publication {
  checkTexts(options, ['subject']);
  const { subject: Subject } = options;
  const Message = messageText(target, message);
  const attributes = messageAttributes(target, options.attributes);
  const ids = groupIds('snsTopic', target, options, () => [
    messageContent(message, options.record),
    Subject,
    JSON.stringify(attributes),
  ]);
  const textBytes = Buffer.byteLength(Message) + Buffer.byteLength(Subject ?? '');
  const bytes = textBytes + attributeBytes(attributes);
  const MessageAttributes = tracedAttributes(attributes, options.record, { target, bytes, maxBytes });
  return {
    bytes: textBytes + attributeBytes(MessageAttributes),
    orderKey: isFifo(target) ? ids.MessageGroupId : undefined,
    entry: {
      Message,
      ...(Subject !== undefined && { Subject }),
      ...(MessageAttributes !== undefined && { MessageAttributes }),
      ...ids,
    },
  };
}

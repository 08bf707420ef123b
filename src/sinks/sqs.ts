// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import { ConfigurationError } from '../errors.ts';
import { URL_TEXT } from '../options/check.ts';
import type { EnvironmentVariable } from '../options/env.ts';
import { refusalsOf } from './batcher/batch-results.ts';
import { batchedSink } from './batcher/batched-sink.ts';
import { type AwsSinkOptions, type ClientSettings, checkAwsSinkOptions, clientOf } from './batcher/client.ts';
import type { Payload } from './batcher/entry.ts';
import { type GroupOptions, groupIds, isFifo } from './message/fifo.ts';
import { type AttributeValue, attributeBytes, messageAttributes } from './message/message-attributes.ts';
import { messageContent, messageText } from './message/message-text.ts';
import { tracedAttributes } from './message/message-trace.ts';
import { wrongSetting } from './message/wrong-message.ts';
import type { SendOptions, Sink } from './sink.ts';
import { type TargetKind, targetCheck } from './sink-target.ts';

/** Options of {@link sqsQueue}. */
export interface SqsQueueOptions extends AwsSinkOptions<SQSClient> {
  /** The queue. */
  readonly queueUrl: string | EnvironmentVariable;
}

/** The second argument of a queue's `send`. */
export type QueueOptions = SendOptions & QueueMessageOptions;

/** Settings of one message, besides its record. */
export interface QueueMessageOptions extends GroupOptions {
  /** Up to 10 message attributes. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Seconds for which consumers do not receive it, 0 to 900. Not for FIFO queues, where the queue has one delay for all. */
  readonly delaySeconds?: number;
}

/** An SQS queue as a sink. */
export type SqsQueue = Sink<QueueOptions>;

interface QueueMessage extends Payload {
  readonly entry: Omit<SendMessageBatchRequestEntry, 'Id'>;
}

const QUEUE: TargetKind = {
  noun: 'queue',
  action: 'sqs:SendMessage',
  expected: 'the URL of a queue, such as https://sqs.eu-central-1.amazonaws.com/123456789012/payments',
  accepts: isQueueUrl,
};

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_BYTES = 1_048_576;

const OF_AWS = /\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;
const HOST_OF_QUEUES = /(^|\.)(sqs(-fips)?|queue)\./;

/** The URLs of AWS have an account and a name. Emulators have other hosts, and some another path before the name. */
function isQueueUrl(text: string): boolean {
  if (!URL_TEXT.accepts(text) || /[?#\s]/.test(text)) return false;
  const { hostname, pathname } = new URL(text);
  if (!OF_AWS.test(hostname)) return /\/[\w-]{1,80}(\.fifo)?$/.test(pathname);
  return HOST_OF_QUEUES.test(hostname) && /^\/\d{12}\/[\w-]{1,80}(\.fifo)?$/.test(pathname);
}

/**
 * An SQS queue, standard or FIFO. Messages that are sent at the same time travel in one request: 10 of them, and
 * 1,048,576 bytes in total, attributes included.
 *
 * A FIFO queue gets the item key as the group and the event id with a hash of the message for deduplication: redelivery
 * within five minutes sends nothing twice, and the changes of an item arrive in order.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const queue = sqsQueue({ queueUrl: env('QUEUE_URL') });
 *
 * export const handler = streamRouter<Invoice>()
 *   .onInsert(async (record) => { await queue.send(record.newImage, { record }); });
 * ```
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function sqsQueue(options: SqsQueueOptions): SqsQueue {
  checkAwsSinkOptions('sqsQueue', options, { queueUrl: targetCheck(QUEUE) });
  const client = clientOf(options, queueClient);
  return batchedSink<QueueMessage, QueueOptions>(options, {
    named: ['sqsQueue', 'queueUrl'],
    target: options.queueUrl,
    kind: QUEUE,
    maxEntries: 10,
    maxBytes: MAX_BYTES,
    payloadOf: queueMessageOf,
    async request(messages, { target, signal }) {
      const Entries = messages.map(({ entry }, index) => ({ Id: `${index}`, ...entry }));
      const command = new SendMessageBatchCommand({ QueueUrl: target, Entries });
      return refusalsOf(await client().send(command, { abortSignal: signal }), messages.length);
    },
  });
}

/**
 * The SDK asks the host of the queue's URL, even where the environment names an endpoint; and emulators name their queues
 * by hosts that do not resolve. Who names an endpoint means it.
 */
function queueClient(settings: ClientSettings): SQSClient {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS = AWS_ENDPOINT_URL } = process.env;
  return new SQSClient({ ...settings, ...(AWS_ENDPOINT_URL_SQS && { useQueueUrlAsEndpoint: false }) });
}

function queueMessageOf(target: string, message: unknown, options: QueueOptions): QueueMessage {
  const { delaySeconds: DelaySeconds } = options;
  if (DelaySeconds !== undefined) checkDelay(target, DelaySeconds);
  const MessageBody = messageText(target, message);
  const attributes = messageAttributes(target, options.attributes);
  const ids = groupIds('sqsQueue', target, options, () => [
    messageContent(message, options.record),
    JSON.stringify(attributes),
  ]);
  const bodyBytes = Buffer.byteLength(MessageBody);
  const MessageAttributes = tracedAttributes(attributes, options.record, {
    target,
    bytes: bodyBytes + attributeBytes(attributes),
    maxBytes: MAX_BYTES,
  });
  return {
    bytes: bodyBytes + attributeBytes(MessageAttributes),
    orderKey: isFifo(target) ? ids.MessageGroupId : undefined,
    entry: {
      MessageBody,
      ...(MessageAttributes !== undefined && { MessageAttributes }),
      ...(DelaySeconds !== undefined && { DelaySeconds }),
      ...ids,
    },
  };
}

function checkDelay(target: string, seconds: number): void {
  if (isFifo(target)) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `a message to a FIFO queue has no delaySeconds of its own (${target}). Leave it out, and set the delay of the queue.`,
      { owner: 'sqsQueue' },
    );
  }
  if (!(Number.isInteger(seconds) && seconds >= 0 && seconds <= 900)) {
    throw wrongSetting('delaySeconds', 'a whole number from 0 to 900', seconds);
  }
}

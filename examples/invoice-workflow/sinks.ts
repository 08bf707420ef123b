import { SNSClient } from '@aws-sdk/client-sns';
import { env } from 'streamlane';
import { snsTopic } from 'streamlane/sinks/sns';
import { sqsQueue } from 'streamlane/sinks/sqs';

/** The client of this function: made once per sandbox, so that its connections are kept between invocations. */
export const sns = new SNSClient({});

/**
 * A FIFO topic: it carries the order of an invoice's changes on to its readers, and drops an announcement that it has.
 * Few attempts: Lambda redelivers the changes that are refused by then.
 */
export const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN'), client: sns, attempts: 3 });

/** A standard topic: cheaper, without an order, and now and then something arrives twice. */
export const receipts = snsTopic({ topicArn: env('RECEIPTS_TOPIC_ARN'), client: sns });

/** Where records go that this version of the function can never handle. */
export const deadLetters = sqsQueue({ queueUrl: env('DEAD_LETTER_QUEUE_URL') });

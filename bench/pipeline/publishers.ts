import { PublishCommand } from '@aws-sdk/client-sns';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Invoice } from '../../examples/invoice-workflow/invoice.ts';
import { streamRouter } from '../library.ts';
import { silentLogger } from '../silent-logger.ts';
import type { LambdaHandler } from './drain.ts';
import type { FilledTable } from './filled-table.ts';

/** Tells the topic about one change. */
export type Publish = (invoice: Invoice, eventID: string) => Promise<unknown>;

/** Publishes to the topic. `run` makes messages of different runs different, or the topic would drop them. */
export function publisher({ sns, topicArn }: FilledTable, run: () => string): Publish {
  return ({ customerId, invoiceId, version, total }, eventID) =>
    sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify({ customerId, invoiceId, version, total }),
        MessageGroupId: `${customerId}/${invoiceId}`,
        MessageDeduplicationId: `${run()}-${eventID}`,
      }),
    );
}

/** Publishes every change, from a router. */
export function publishingRouter(publish: Publish, concurrency: number): LambdaHandler {
  return streamRouter<Invoice>({ concurrency, logger: silentLogger })
    .onInsert(({ newImage, eventID }) => publish(newImage, eventID))
    .onModify(({ newImage, eventID }) => publish(newImage, eventID))
    .onRemove(({ oldImage, eventID }) => publish(oldImage, eventID));
}

/** Publishes every change, from a loop. */
export function publishingLoop(publish: Publish): LambdaHandler {
  return async (event) => {
    for (const { dynamodb, eventID = '' } of event.Records) {
      try {
        const image = dynamodb?.NewImage ?? dynamodb?.OldImage ?? {};
        await publish(unmarshall(image as never) as Invoice, eventID);
      } catch {
        return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? '' }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

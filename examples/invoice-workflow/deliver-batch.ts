import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

export interface DeliveryOptions {
  readonly handler: (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
  /** Makes the context of one invocation. */
  readonly context: () => Context;
  /** Retries without any progress before a batch is given up. */
  readonly maximumRetryAttempts: number;
  readonly retryDelayMs: number;
  readonly onDelivered: (records: readonly DynamoDBRecord[]) => void;
  readonly onAcknowledged: (records: readonly DynamoDBRecord[]) => void;
  readonly onDiscarded: (records: readonly DynamoDBRecord[]) => void;
}

/**
 * Delivers one batch the way an event source mapping with ReportBatchItemFailures does: a response with a
 * checkpoint acknowledges what lies before it, and delivers the rest again.
 */
export async function deliverBatch(
  records: readonly DynamoDBRecord[],
  options: DeliveryOptions,
): Promise<void> {
  let batch = records;
  let attempts = 0;
  while (batch.length > 0) {
    options.onDelivered(batch);
    const checkpoint = await invoke(batch, options);
    options.onAcknowledged(batch.slice(0, checkpoint));
    batch = batch.slice(checkpoint);
    if (batch.length === 0) return;
    // Progress starts the count of attempts afresh, as on Lambda.
    attempts = checkpoint > 0 ? 0 : attempts + 1;
    if (attempts > options.maximumRetryAttempts) return options.onDiscarded(batch);
    await sleep(options.retryDelayMs);
  }
}

/** How many records of the batch, from its start, are done. */
async function invoke(
  batch: readonly DynamoDBRecord[],
  { handler, context }: DeliveryOptions,
): Promise<number> {
  // The event crosses to Lambda as JSON, and a handler gets objects of its own at each delivery.
  const event: DynamoDBStreamEvent = JSON.parse(JSON.stringify({ Records: batch }));
  try {
    return checkpointIn(await handler(event, context()), batch);
  } catch (error) {
    console.error(error);
    return 0;
  }
}

/** The position of the lowest reported record; an identifier that is not in the batch fails the whole batch. */
export function checkpointIn(response: unknown, batch: readonly DynamoDBRecord[]): number {
  const { batchItemFailures } = (response ?? {}) as {
    batchItemFailures?: DynamoDBBatchResponse['batchItemFailures'];
  };
  const positions = (batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  return positions.reduce((lowest, position) => Math.min(lowest, Math.max(position, 0)), batch.length);
}

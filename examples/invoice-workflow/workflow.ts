import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startEventSourceMapping } from 'streamlane/local';
import type { Announcement } from './announcement.ts';
import { consumeQueue } from './consumer.ts';
import {
  createLedger,
  type Ledger,
  sightingOfAnnouncement,
  sightingOfReceipt,
  sightingOfRecord,
  sightingOfWrite,
} from './ledger.ts';
import { decimalPlaces } from './minor-units.ts';
import { simulateOutage } from './outage.ts';
import { planInvoices } from './plan-invoices.ts';
import { type Output, showProgress } from './progress.ts';
import type { Receipt } from './receipt.ts';
import { replayQueue } from './replay.ts';
import { type Counts, type Report, reportOf } from './report.ts';
import { type Clients, createResources, deleteResources, type Resources } from './resources.ts';
import { waitUntil } from './wait-until.ts';
import { writeInvoices } from './write-invoices.ts';

export { rowsOf } from './report.ts';

export interface WorkflowOptions {
  readonly invoices: number;
  /**
   * The same writes for the same number.
   *
   * @defaultValue 1
   */
  readonly seed?: number;
  /**
   * How many times the topic refuses an announcement that the outage hits.
   *
   * @defaultValue 4: one more than the sink tries, so Lambda has to deliver again
   */
  readonly failures?: number;
  /**
   * How long nothing may happen before missing messages count as lost.
   *
   * @defaultValue 3000
   */
  readonly patienceMs?: number;
  /**
   * Gets the progress.
   *
   * @defaultValue `process.stderr`
   */
  readonly out?: Output;
  /** Ends the workflow early. */
  readonly signal?: AbortSignal;
}

/**
 * Table -> stream -> mapping -> router -> topics -> queues, from the first write to the last message. It finds its
 * servers by the `AWS_` variables of the environment, and removes the resources that it made there.
 *
 * @returns undefined when the signal aborted before the end
 */
export async function runWorkflow(options: WorkflowOptions): Promise<Report | undefined> {
  const clients = { dynamodb: new DynamoDBClient({}), sns: new SNSClient({}), sqs: new SQSClient({}) };
  const resources = await createResources(clients, Date.now().toString(36));
  try {
    return await runOn(resources, clients, options);
  } finally {
    await deleteResources(clients, resources);
    for (const client of Object.values(clients)) client.destroy();
  }
}

async function runOn(
  resources: Resources,
  { dynamodb, sqs }: Clients,
  {
    invoices,
    seed = 1,
    failures = 4,
    patienceMs = 3000,
    out = process.stderr,
    signal: userSignal,
  }: WorkflowOptions,
): Promise<Report | undefined> {
  // As on Lambda, the environment of the function is complete before its module is loaded.
  process.env.INVOICES_TABLE = resources.tableName;
  process.env.PAYMENTS_TOPIC_ARN = resources.topicArn;
  process.env.RECEIPTS_TOPIC_ARN = resources.receipts.topicArn;
  process.env.DEAD_LETTER_QUEUE_URL = resources.deadLetterQueueUrl;
  process.env.INVOICES_LOG ??= 'off'; // each failure that is simulated here is an error in the function's log
  const { handler } = await import('./handler.ts');
  const { sns } = await import('./sinks.ts');

  const ledger = createLedger();
  const counts: Counts = {
    invocations: 0,
    refused: 0,
    discarded: 0,
    replayed: 0,
    remaining: 0,
    repeatedReceipts: 0,
  };
  simulateOutage(sns, {
    topicArn: resources.topicArn,
    failures,
    hits: ({ type, invoiceId }) => type === 'InvoiceOpened' && Number(invoiceId.slice(2)) % 30 === 0,
    onRefused: () => counts.refused++,
    onPublished: (announcement) => ledger.published.push(sightingOfAnnouncement(announcement)),
  });

  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ...(userSignal ? [userSignal] : [])]);
  const receiptsSent = new Set<string>();
  const sendReceipt = (receipt: Receipt): void => {
    if (receiptsSent.has(receipt.eventID)) counts.repeatedReceipts++;
    else ledger.receipts.push(sightingOfReceipt(receipt));
    receiptsSent.add(receipt.eventID);
  };
  const takeNote = (announcement: Announcement): void => {
    ledger.received.push(sightingOfAnnouncement(announcement));
  };
  const mapping = await startEventSourceMapping({
    streamArn: resources.streamArn,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 10,
    retryDelayMs: () => 20, // AWS waits longer, and a demo should not
    handler,
    functionName: 'invoices',
    timeoutSeconds: 30,
    logger: { ...console, warn: () => {} }, // it would warn of each retry, and the outage is there to cause some
  });
  mapping.on('invocation', ({ records }) => {
    counts.invocations++;
    ledger.delivered.push(...records.map(sightingOfRecord));
  });
  mapping.on('checkpoint', ({ records, outcome }) => {
    if (outcome === 'succeeded') ledger.acknowledged.push(...records.map(sightingOfRecord));
    else counts.discarded += records.length;
  });

  const work = async (): Promise<void> => {
    await writeInvoices(planInvoices(invoices, seed), {
      dynamodb,
      tableName: resources.tableName,
      concurrency: 8,
      onWritten: (write) => write.kind !== 'resave' && ledger.written.push(sightingOfWrite(write)),
      signal,
    });
    await waitUntil(
      () => signal.aborted || ledger.acknowledged.length + counts.discarded >= ledger.written.length,
      () => ledger.delivered.length,
      patienceMs,
    );
    await mapping.stop();
    if (signal.aborted) return;

    decimalPlaces.KWD = 3; // the fix: a new version of the function knows the currency
    Object.assign(counts, await replayQueue({ sqs, queueUrl: resources.deadLetterQueueUrl, handler }));

    const announced = ledger.written.filter((change) => change.announced).length;
    const paid = ledger.written.filter((change) => change.paid).length;
    await waitUntil(
      () => signal.aborted || (ledger.received.length >= announced && ledger.receipts.length >= paid),
      () => ledger.received.length + ledger.receipts.length,
      patienceMs,
    );
    stopping.abort();
  };

  const endProgress = showProgress(() => progressOf(ledger), out);
  const running = [
    work(),
    consumeQueue({ sqs, queueUrl: resources.queueUrl, onMessage: takeNote, signal }),
    consumeQueue({ sqs, queueUrl: resources.receipts.queueUrl, onMessage: sendReceipt, signal }),
  ];
  try {
    await Promise.all(running);
  } finally {
    stopping.abort();
    // The resources go away next: what still used them would fail.
    await Promise.allSettled([...running, mapping.stop()]);
    endProgress();
  }
  return userSignal?.aborted ? undefined : reportOf(ledger, counts);
}

function progressOf({ written, delivered, acknowledged, published, received }: Ledger): string {
  return [
    `written ${written.length}`,
    `delivered ${acknowledged.length}`,
    `redelivered ${delivered.length - acknowledged.length}`,
    `published ${published.length}`,
    `received ${received.length}`,
  ].join('  ');
}

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
import { showProgress } from './progress.ts';
import type { Receipt } from './receipt.ts';
import { replayQueue } from './replay.ts';
import { createResources, deleteResources } from './resources.ts';
import { waitUntil } from './wait-until.ts';
import { writeInvoices } from './write-invoices.ts';

export interface WorkflowOptions {
  readonly invoices: number;
  readonly seed: number;
  /** How many times the topic refuses an announcement that the outage hits. */
  readonly failures: number;
}

/** What happened, counted where it happened. */
export interface Counts {
  /** Invocations of the function. */
  invocations: number;
  /** Announcements that the topic refused. */
  refused: number;
  /** Records that the mapping gave up. */
  discarded: number;
  /** Dead letters that were replayed after the fix. */
  replayed: number;
  /** Dead letters that could not be handled then either. */
  remaining: number;
  /** Receipts that were not sent, because they had been. */
  repeatedReceipts: number;
}

/** How long nothing may happen before what is missing counts as lost. */
const patienceMs = 3000;

/** Table -> stream -> mapping -> router -> topics -> queues, from the first write to the last message. */
export async function runWorkflow(options: WorkflowOptions): Promise<{ ledger: Ledger; counts: Counts }> {
  const clients = { dynamodb: new DynamoDBClient({}), sns: new SNSClient({}), sqs: new SQSClient({}) };
  const resources = await createResources(clients, Date.now().toString(36));
  // As on Lambda, the environment of the function is complete before its module is loaded.
  process.env.INVOICES_TABLE = resources.tableName;
  process.env.PAYMENTS_TOPIC_ARN = resources.topicArn;
  process.env.RECEIPTS_TOPIC_ARN = resources.receipts.topicArn;
  process.env.DEAD_LETTER_QUEUE_URL = resources.deadLetterQueueUrl;
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT'; // each failure that is simulated here is an error in the function's log
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
    failures: options.failures,
    hits: ({ type, invoiceId }) => type === 'InvoiceOpened' && Number(invoiceId.slice(2)) % 30 === 0,
    onRefused: () => counts.refused++,
    onPublished: (announcement) => ledger.published.push(sightingOfAnnouncement(announcement)),
  });

  const stopConsumers = new AbortController();
  const { sqs } = clients;
  const { signal } = stopConsumers;
  const receiptsSent = new Set<string>();
  const sendReceipt = (receipt: Receipt): void => {
    if (receiptsSent.has(receipt.eventID)) counts.repeatedReceipts++;
    else ledger.receipts.push(sightingOfReceipt(receipt));
    receiptsSent.add(receipt.eventID);
  };
  const takeNote = (announcement: Announcement): void => {
    ledger.received.push(sightingOfAnnouncement(announcement));
  };
  const endProgress = showProgress(() => progressOf(ledger));

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
    await writeInvoices(planInvoices(options.invoices, options.seed), {
      dynamodb: clients.dynamodb,
      tableName: resources.tableName,
      concurrency: 8,
      onWritten: (write) => write.kind !== 'resave' && ledger.written.push(sightingOfWrite(write)),
    });
    await waitUntil(
      () => ledger.acknowledged.length + counts.discarded >= ledger.written.length,
      () => ledger.delivered.length,
      patienceMs,
    );
    await mapping.stop();

    decimalPlaces.KWD = 3; // the fix: a new version of the function knows the currency
    Object.assign(counts, await replayQueue({ sqs, queueUrl: resources.deadLetterQueueUrl, handler }));

    const announced = ledger.written.filter((change) => change.announced).length;
    const paid = ledger.written.filter((change) => change.paid).length;
    await waitUntil(
      () => ledger.received.length >= announced && ledger.receipts.length >= paid,
      () => ledger.received.length + ledger.receipts.length,
      patienceMs,
    );
    stopConsumers.abort();
  };

  try {
    await Promise.all([
      work(),
      consumeQueue({ sqs, queueUrl: resources.queueUrl, onMessage: takeNote, signal }),
      consumeQueue({ sqs, queueUrl: resources.receipts.queueUrl, onMessage: sendReceipt, signal }),
    ]);
  } finally {
    await mapping.stop();
    endProgress();
    await deleteResources(clients, resources);
  }
  return { ledger, counts };
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

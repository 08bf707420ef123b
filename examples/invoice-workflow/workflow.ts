import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startEventSourceMapping } from 'streamlane/local';
import {
  createLedger,
  type Ledger,
  sightingOfAnnouncement,
  sightingOfRecord,
  sightingOfWrite,
} from './ledger.ts';
import { simulateOutage } from './outage.ts';
import { consumePayments } from './payments.ts';
import { planInvoices } from './plan-invoices.ts';
import { showProgress } from './progress.ts';
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
}

/** How long nothing may happen before what is missing counts as lost. */
const patienceMs = 3000;

/** Table -> stream -> mapping -> router -> topic -> queue -> payments, from the first write to the last message. */
export async function runWorkflow(options: WorkflowOptions): Promise<{ ledger: Ledger; counts: Counts }> {
  const runId = Date.now().toString(36);
  const dynamodb = new DynamoDBClient({});
  // The queue's URL names the host that its server believes to have; the endpoint is the one that is known to work.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

  const { sns } = await import('./announce.ts');
  const resources = await createResources({ dynamodb, sns, sqs }, runId);
  // As on Lambda, the environment of the function is complete before its module is loaded.
  process.env.INVOICES_TABLE = resources.tableName;
  process.env.PAYMENTS_TOPIC_ARN = resources.topicArn;
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT'; // each refused announcement is an error in the function's log
  const { handler } = await import('./handler.ts');

  const ledger = createLedger();
  const counts: Counts = { invocations: 0, refused: 0, discarded: 0 };
  simulateOutage(sns, {
    failures: options.failures,
    hits: ({ type, invoiceId }) => type === 'InvoiceOpened' && Number(invoiceId.slice(2)) % 30 === 0,
    onRefused: () => counts.refused++,
    onPublished: (announcement) => ledger.published.push(sightingOfAnnouncement(announcement)),
  });

  const stopPayments = new AbortController();
  const settled = (): number => ledger.acknowledged.length + counts.discarded;
  const announced = (): number => ledger.written.filter((change) => change.announced).length;
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

  const write = async (): Promise<void> => {
    await writeInvoices(planInvoices(options.invoices, options.seed), {
      dynamodb,
      tableName: resources.tableName,
      concurrency: 8,
      onWritten: (write) => write.kind !== 'resave' && ledger.written.push(sightingOfWrite(write)),
    });
    await waitUntil(
      () => settled() >= ledger.written.length,
      () => ledger.delivered.length,
      patienceMs,
    );
    await mapping.stop();
    await waitUntil(
      () => ledger.received.length >= announced(),
      () => ledger.received.length,
      patienceMs,
    );
    stopPayments.abort();
  };

  try {
    await Promise.all([
      write(),
      consumePayments({
        sqs,
        queueUrl: resources.queueUrl,
        onAnnouncement: (announcement) => ledger.received.push(sightingOfAnnouncement(announcement)),
        signal: stopPayments.signal,
      }),
    ]);
  } finally {
    await mapping.stop();
    endProgress();
    await deleteResources({ dynamodb, sns, sqs }, resources);
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

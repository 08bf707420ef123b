import { setTimeout as sleep } from 'node:timers/promises';
import { startEventSourceMapping } from '../../local/start-event-source-mapping.ts';
import { silentLogger } from '../../logger.ts';
import { streamsClient } from '../servers/clients.ts';
import type { Connection } from '../servers/connection.ts';
import { interrupted } from '../terminal/io.ts';
import { judge, type Verdict } from './books.ts';
import type { Announcement } from './invoice.ts';
import { invoiceRouter } from './invoice-router.ts';
import { simulatedOutage } from './outage.ts';
import { readPayments } from './payments.ts';
import { createResources } from './resources.ts';
import { writeInvoices } from './write-invoices.ts';

/** What happened, counted where it happened. */
export interface DemoReport extends Verdict {
  /** Changes made to the table. */
  readonly written: number;
  /** Records that the function was done with. */
  readonly delivered: number;
  /** Invocations of the function. */
  readonly invocations: number;
  /** Announcements that the topic refused. */
  readonly refused: number;
  /** Records that reached the function more than once, each time that they did. */
  readonly redelivered: number;
  /** Announcements that payments read from its queue. */
  readonly received: number;
}

/** How long nothing may arrive before what is missing counts as lost. */
const PATIENCE_MS = 3000;

// It would tell of each refused announcement and its retry, and those are the demo's own doing.

/**
 * Table -> stream -> mapping -> router -> topic -> queue -> payments, from the first write to the last message.
 *
 * @returns undefined when the signal aborted before that
 */
export async function runWorkflow(
  invoices: number,
  connection: Connection,
  signal: AbortSignal,
): Promise<DemoReport | undefined> {
  await using resources = await createResources(connection);
  const written: Announcement[] = [];
  const received: Announcement[] = [];
  let invocations = 0;
  let delivered = 0;
  let acknowledged = 0;
  let lastReceivedAt = 0;
  const outage = simulatedOutage(resources);
  await using mapping = await startEventSourceMapping({
    client: await streamsClient(connection.streams),
    streamArn: resources.streamArn,
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 10,
    retryDelayMs: () => 20, // AWS waits longer, and a demo should not
    timeoutSeconds: 30,
    handler: invoiceRouter(outage.announce, silentLogger),
    logger: silentLogger,
  });
  mapping.on('invocation', ({ records }) => {
    invocations++;
    delivered += records.length;
  });
  mapping.on('checkpoint', ({ records }) => {
    acknowledged += records.length;
  });
  const work = async (): Promise<void> => {
    await writeInvoices(invoices, resources, signal, (change) => written.push(change));
    await mapping.caughtUp();
    const waitingSince = performance.now();
    const patience = (): number => Math.max(waitingSince, lastReceivedAt) + PATIENCE_MS - performance.now();
    while (received.length < written.length && patience() > 0) await sleep(20);
  };
  const closing = new AbortController();
  const payments = readPayments(resources, closing.signal, (announcement) => {
    received.push(announcement);
    lastReceivedAt = performance.now();
  });
  const working = work();
  try {
    await Promise.race([working, payments, interrupted(signal)]);
  } finally {
    closing.abort();
    // Resources go away next, and what still writes to them fails.
    await Promise.allSettled([payments, signal.aborted ? mapping.stop() : undefined]);
  }
  if (signal.aborted) {
    await working.catch(() => {});
    return undefined;
  }
  return {
    written: written.length,
    invocations,
    refused: outage.refused(),
    delivered: acknowledged,
    redelivered: delivered - acknowledged,
    received: received.length,
    ...judge(written, received),
  };
}

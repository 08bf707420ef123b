import { parseArgs } from 'node:util';
import { StreamlaneError } from 'streamlane';
import { startEmulators } from 'streamlane/local';
import { formatReport } from './report.ts';
import { judge } from './verdict.ts';
import { runWorkflow, type WorkflowOptions } from './workflow.ts';

/** Runs the whole workflow once, and says what became of every change. */
async function main(options: WorkflowOptions): Promise<boolean> {
  const started = performance.now();
  const emulators = await startEmulators();
  try {
    Object.assign(process.env, emulators.environment);
    console.log(`${emulators.description}\n`);
    const { ledger, counts } = await runWorkflow(options);
    const verdict = judge(ledger);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`\nInvoice workflow: ${options.invoices} invoices, seed ${options.seed}, ${seconds} s\n`);
    console.log(
      formatReport([
        ['written', ledger.written.length, 'changes made to the table'],
        [
          'delivered',
          ledger.delivered.length - verdict.redelivered,
          `records that reached the function, in ${counts.invocations} invocations`,
        ],
        [
          'redelivered',
          verdict.redelivered,
          `of them sent again, after ${counts.refused} refused announcements`,
        ],
        [
          'dead letters',
          counts.replayed + counts.remaining,
          `records in a currency unknown until the fix; ${counts.replayed} replayed after it`,
        ],
        [
          'published',
          ledger.published.length,
          `announcements to the FIFO topic; it drops the ${verdict.publishedAgain} that it had already`,
        ],
        ['received', ledger.received.length, 'announcements that payments read from its queue'],
        [
          'receipts',
          ledger.receipts.length,
          `sent for payments, by way of a standard topic; ${counts.repeatedReceipts} came twice`,
        ],
        ['received twice', verdict.receivedAgain, 'announcements that payments read again'],
        ['order violations', verdict.orderViolations, 'changes seen after a later one of the same invoice'],
        ['lost', verdict.lost, 'changes that never arrived'],
      ]),
    );
    return verdict.passed;
  } finally {
    await emulators.stop();
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${option} takes a whole number, got ${text}`);
  return Number(text);
}

const { values } = parseArgs({
  options: {
    invoices: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    failures: { type: 'string', default: '4' },
  },
});

try {
  const passed = await main({
    invoices: wholeNumber('--invoices', values.invoices),
    seed: wholeNumber('--seed', values.seed),
    failures: wholeNumber('--failures', values.failures),
  });
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error instanceof StreamlaneError ? `\n${error.message}\n` : error);
  // What still runs has lost its servers: there is nothing left to wait for.
  process.exit(1);
}

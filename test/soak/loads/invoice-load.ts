import { Writable } from 'node:stream';
import { decimalPlaces } from '../../../examples/invoice-workflow/minor-units.ts';
import { sns } from '../../../examples/invoice-workflow/sinks.ts';
import { rowsOf, runWorkflow } from '../../../examples/invoice-workflow/workflow.ts';
import type { Load } from './load.ts';

const INVOICES = 60;
/** A soak runs beside other work, which may take its turn for seconds. */
const PATIENCE_MS = 60_000;

/**
 * The invoice workflow on DynamoDB, SNS and SQS: writes, a topic that refuses, redelivery, dead letters and their
 * replay, with a new table, new topics and a new mapping for each run.
 *
 * @param environment where the servers are
 */
export function invoiceLoad(environment: Readonly<Record<string, string>>): Load {
  Object.assign(process.env, environment);
  let seed = 0;
  return {
    async run() {
      const out = new Writable({ write: (_chunk, _encoding, done) => done() });
      const report = await runWorkflow({ invoices: INVOICES, seed: ++seed, patienceMs: PATIENCE_MS, out });
      // The next run begins as the first one did: with a topic that has not been made to fail, and without the fix.
      sns.middlewareStack.remove('simulateOutage');
      delete decimalPlaces.KWD;
      if (report?.passed !== true) {
        throw new Error(
          `The invoice workflow with seed ${seed} failed: ${JSON.stringify(report && rowsOf(report))}`,
        );
      }
      return report.delivered;
    },
    listeners: () => 0,
    async close() {
      sns.destroy();
    },
  };
}

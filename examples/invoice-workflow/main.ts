import { parseArgs } from 'node:util';
import { StreamlaneError } from 'streamlane';
import { startEmulators } from 'streamlane/local';
import { formatReport, rowsOf } from './report.ts';
import { runWorkflow } from './workflow.ts';

interface RunOptions {
  readonly invoices: number;
  readonly seed: number;
  readonly failures: number;
}

/** Runs the whole workflow once, and says what became of every change. */
async function main(options: RunOptions): Promise<boolean> {
  const started = performance.now();
  const emulators = await startEmulators();
  try {
    Object.assign(process.env, emulators.environment);
    console.log(`${emulators.description}\n`);
    const report = await runWorkflow(options);
    if (report === undefined) return false; // only a signal ends it early
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`\nInvoice workflow: ${options.invoices} invoices, seed ${options.seed}, ${seconds} s\n`);
    console.log(formatReport(rowsOf(report)));
    return report.passed;
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

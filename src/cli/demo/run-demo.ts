import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { connect } from '../servers/connect.ts';
import type { TextOutput } from '../terminal/io.ts';
import { writeJson, writeTable } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface DemoFlags extends ConnectionFlags {
  readonly invoices: string;
  readonly json?: true;
}

/** The part of `examples/invoice-workflow` that this command calls. */
export interface InvoiceWorkflow {
  /** @returns undefined when the signal aborted before the end */
  runWorkflow(options: {
    readonly invoices: number;
    readonly out: TextOutput;
    readonly signal: AbortSignal;
  }): Promise<Report | undefined>;
  rowsOf(report: Report): readonly (readonly [name: string, count: number, meaning: string])[];
}

/** The counts of a run, and whether nothing was lost or out of order. */
interface Report {
  readonly passed: boolean;
}

const CLIENTS = ['dynamodb', 'dynamodb-streams', 'sns', 'sqs'].map((name) => `@aws-sdk/client-${name}`);

/** Runs the invoice workflow once, and shows what became of every change. */
export const runDemo: RunCommand<DemoFlags> = async (context, _args, options) => {
  const { io, style, note } = context;
  const invoices = countOf(options.invoices);
  await using connection = await connect(context, options, { start: 'private', own: true, needs: CLIENTS });
  const { runWorkflow, rowsOf } = await invoiceWorkflow();
  // The workflow is a user's program: its clients find the servers by the environment.
  Object.assign(process.env, connection.environment);
  const say = (text: string): void => void writeLines(io.stderr, note('dim', text));
  say(`${invoices} invoices: table -> stream -> router -> topics -> queues.`);
  say('One topic refuses some messages, so Lambda delivers their records again.');
  const report = await runWorkflow({ invoices, out: io.stderr, signal: io.signal });
  if (report === undefined) return EXIT.interrupted;
  if (options.json) {
    writeJson(io.stdout, { invoices, ...report });
  } else {
    const rows = rowsOf(report).map(([name, count, meaning]) => [name, `${count}`, meaning]);
    await writeTable(io.stdout, ['WHAT', 'COUNT', 'MEANING'], rows, style);
  }
  return report.passed ? EXIT.ok : EXIT.failed;
};

/** Loads the example, which the build compiles to a folder beside this module. */
function invoiceWorkflow(): Promise<InvoiceWorkflow> {
  // Not a literal: tsc compiles `src` first, and the example against the result.
  const compiled: string = '#invoice-workflow';
  return import(compiled);
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw usageError(`--invoices has to be a whole number from 1 to 99999, got ${text}.`);
}

import { importPeer } from '../../aws-clients/import-peer.ts';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { connect } from '../servers/connect.ts';
import { writeJson, writeTable } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface DemoFlags extends ConnectionFlags {
  readonly invoices: string;
  readonly json?: true;
}

/** Runs the invoice workflow once, and says what became of every change. */
export const runDemo: RunCommand<DemoFlags> = async (context, _args, options) => {
  const { io, style, note } = context;
  const invoices = countOf(options.invoices);
  const runWorkflow = await workflow();
  await using connection = await connect(context, options, { start: 'private', own: true });
  const say = (text: string): void => void writeLines(io.stderr, note('dim', text));
  say(`${invoices} invoices: table -> stream -> router -> topic -> queue -> payments.`);
  say('The topic refuses some announcements, so Lambda has to deliver again.');
  const report = await runWorkflow(invoices, connection, io.signal);
  if (report === undefined) return EXIT.interrupted;
  const { written, delivered, invocations, refused, redelivered, received, outOfOrder, lost } = report;
  if (options.json) {
    writeJson(io.stdout, { invoices, ...report });
  } else {
    const rows = [
      ['written', `${written}`, 'changes made to the table'],
      ['delivered', `${delivered}`, `records that reached the function, in ${invocations} invocations`],
      ['redelivered', `${redelivered}`, `of them sent again, after ${refused} refused announcements`],
      ['received', `${received}`, 'announcements that payments read from its queue'],
      ['out of order', `${outOfOrder}`, 'invoices whose announcements changed places'],
      ['lost', `${lost}`, 'changes that never arrived'],
    ] as const;
    await writeTable(io.stdout, ['WHAT', 'COUNT', 'MEANING'], rows, style);
  }
  return lost + outOfOrder === 0 ? EXIT.ok : EXIT.failed;
};

// Not in a function with `await using`: TypeScript 6.0 leaves the extension `.ts` in what is imported there.
async function workflow(): Promise<typeof import('./workflow.ts').runWorkflow> {
  const clients = ['dynamodb', 'dynamodb-streams', 'sns', 'sqs'].map((name) => `@aws-sdk/client-${name}`);
  const load = (): Promise<typeof import('./workflow.ts')> => import('./workflow.ts');
  return (await importPeer(clients.join(' '), 'The demo', load)).runWorkflow;
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw usageError(`--invoices has to be a whole number from 1 to 99999, got ${text}.`);
}

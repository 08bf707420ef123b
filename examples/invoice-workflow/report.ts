import type { Ledger } from './ledger.ts';
import { judge, type Verdict } from './verdict.ts';

/** Counts, each taken where it happens. */
export interface Counts {
  /** Invocations of the function. */
  invocations: number;
  /** Announcements that the topic refused. */
  refused: number;
  /** Records that the mapping discarded after its last retry. */
  discarded: number;
  /** Dead letters that were replayed after the fix. */
  replayed: number;
  /** Dead letters that could not be handled then either. */
  remaining: number;
  /** Receipts that were not sent, because they had been. */
  repeatedReceipts: number;
}

/** The counts and the verdict of one run. */
export interface Report extends Readonly<Counts>, Verdict {
  /** Changes made to the table. */
  readonly written: number;
  /** Records that reached the function, each counted once. */
  readonly delivered: number;
  /** Records that the function sent to the dead-letter queue. */
  readonly deadLetters: number;
  /** Announcements that the FIFO topic accepted. */
  readonly published: number;
  /** Announcements that payments read from its queue. */
  readonly received: number;
  /** Receipts that were sent. */
  readonly receipts: number;
}

export function reportOf(ledger: Ledger, counts: Counts): Report {
  const verdict = judge(ledger);
  return {
    written: ledger.written.length,
    delivered: ledger.delivered.length - verdict.redelivered,
    deadLetters: counts.replayed + counts.remaining,
    published: ledger.published.length,
    received: ledger.received.length,
    receipts: ledger.receipts.length,
    ...counts,
    ...verdict,
  };
}

/** The report as rows of a table. */
export function rowsOf(report: Report): readonly Row[] {
  const { invocations, refused, replayed, publishedAgain, repeatedReceipts } = report;
  return [
    ['written', report.written, 'changes made to the table'],
    ['delivered', report.delivered, `records that reached the function, in ${invocations} invocations`],
    ['redelivered', report.redelivered, `of them sent again, after ${refused} refused announcements`],
    [
      'dead letters',
      report.deadLetters,
      `records in a currency unknown until the fix; ${replayed} replayed after it`,
    ],
    [
      'published',
      report.published,
      `announcements to the FIFO topic; it drops the ${publishedAgain} that it had already`,
    ],
    ['received', report.received, 'announcements that payments read from its queue'],
    [
      'receipts',
      report.receipts,
      `sent for payments, by way of a standard topic; ${repeatedReceipts} came twice`,
    ],
    ['received twice', report.receivedAgain, 'announcements that payments read again'],
    ['order violations', report.orderViolations, 'changes seen after a later one of the same invoice'],
    ['lost', report.lost, 'changes that never arrived'],
  ];
}

/** One row: a name, a number and its meaning. */
export type Row = readonly [name: string, count: number, meaning: string];

/** The rows as a table that a person reads: names to the left, numbers to the right. */
export function formatReport(rows: readonly Row[]): string {
  const numbers = rows.map(([, count]) => count.toLocaleString('en-US'));
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const numberWidth = Math.max(...numbers.map((number) => number.length));
  return rows
    .map(([name, , meaning], row) => {
      const number = numbers[row]?.padStart(numberWidth);
      return `  ${name.padEnd(nameWidth)}  ${number}  ${meaning}`.trimEnd();
    })
    .join('\n');
}

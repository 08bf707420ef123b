import { expect, test } from 'vitest';
import { planInvoices, type Write } from '../../../examples/invoice-workflow/plan-invoices.ts';

const plan = planInvoices(300, 1);

test('the same seed plans the same writes, another seed others', () => {
  expect(planInvoices(300, 1)).toEqual(plan);
  expect(planInvoices(300, 2)).not.toEqual(plan);
});

test('every kind of write is planned, and every status reached', () => {
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['insert', 'modify', 'resave', 'delete']));
  expect(new Set(plan.map(({ invoice }) => invoice.status))).toEqual(new Set(['DRAFT', 'OPEN', 'PAID']));
});

test('an invoice is inserted first and deleted last, and each change raises its version by one', () => {
  const lives = Map.groupBy(plan, ({ invoice }) => invoice.invoiceId);
  expect(lives.size).toBe(300);
  for (const life of lives.values()) {
    const kinds = life.map(({ kind }) => kind);
    expect(kinds.indexOf('insert')).toBe(0);
    expect(kinds.lastIndexOf('insert')).toBe(0);
    if (kinds.includes('delete')) expect(kinds.indexOf('delete')).toBe(kinds.length - 1);
    const saves = life.filter(({ kind }: Write) => kind === 'insert' || kind === 'modify');
    expect(saves.map(({ invoice }) => invoice.version)).toEqual(saves.map((_, index) => index + 1));
  }
});

test('one invoice in a hundred has another currency, and paid invoices get a receipt', () => {
  const unknown = plan.filter(({ invoice }) => invoice.currency !== 'EUR');
  expect(new Set(unknown.map(({ invoice }) => invoice.invoiceId))).toEqual(
    new Set(['I-00051', 'I-00151', 'I-00251']),
  );
  const paid = plan.filter(({ paid }) => paid);
  expect(paid.length).toBeGreaterThan(100);
  expect(paid.every(({ invoice, announced }) => invoice.status === 'PAID' && announced)).toBe(true);
});

test('invoices are written in turns', () => {
  const runs = plan.filter((write, index) => write.invoice.invoiceId !== plan[index - 1]?.invoice.invoiceId);
  expect(runs.length).toBeGreaterThan(plan.length * 0.9);
});

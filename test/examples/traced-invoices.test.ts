import { expect, test } from 'vitest';
import { runExample } from './run-example.ts';

test('traced-invoices connects the writer of each item with the consumer of the message about it', async () => {
  const { code, stdout, stderr } = await runExample('traced-invoices').ended();
  expect(stderr).toBe('');
  // The messages come in any order.
  expect(stdout.trim().split('\n')).toEqual([
    'trace 1  POST /invoices',
    'trace 2  POST /invoices',
    'trace 3  on-change',
    'trace 3    process Invoices, linked to POST /invoices of trace 1',
    'trace 3      process payments',
    'trace 3    process Invoices, linked to POST /invoices of trace 2',
    'trace 3      process payments',
  ]);
  expect(code).toBe(0);
});

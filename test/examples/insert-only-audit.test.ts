import { expect, test } from 'vitest';
import { handled, jsonLines, runExample } from './run-example.ts';

test('insert-only-audit writes one entry per insert, and none for a change or a delete', async () => {
  const { code, stdout, stderr } = await runExample('insert-only-audit').ended();

  expect(stderr).toBe('');
  expect(jsonLines(stdout)).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.000Z$/),
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      table: 'Orders',
      keys: { orderId: 'o-1' },
      item: { orderId: 'o-1', customer: 'ada', total: 120 },
    },
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.000Z$/),
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      table: 'Orders',
      keys: { orderId: 'o-2' },
      item: { orderId: 'o-2', customer: 'grace', total: 80 },
    },
  ]);
  expect(handled(stdout)).toEqual(['INSERT', 'INSERT', 'MODIFY', 'REMOVE']);
  expect(code).toBe(0);
});

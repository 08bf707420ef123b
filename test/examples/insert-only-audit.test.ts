import { expect, test } from 'vitest';
import { handled, runExample } from './run-example.ts';

/** The entries that were printed: who wrote the order, and its attributes. */
function history(output: string): { by: string; order: unknown }[] {
  const [, text = ''] = output.split('How order o-1 came to be:\n\n');
  return text.split('\n\n').map((entry) => {
    const [head = '', ...lines] = entry.trim().split('\n');
    const [, by = ''] = /^\d{4}-\d\d-\d\dT[\d:]{8}\.000Z by (\w+)$/.exec(head) ?? [];
    const attributes = lines.map((line) => line.trim().split(' = ') as [string, string]);
    return {
      by,
      order: Object.fromEntries(attributes.map(([name, value]) => [name, JSON.parse(value)])),
    };
  });
}

test('insert-only-audit notes each insert of an order, and no change or delete', async () => {
  const { code, stdout, stderr } = await runExample('insert-only-audit').ended();

  expect(stderr).toBe('');
  const order = { orderId: 'o-1', customer: 'ada', card: { number: '[redacted]', holder: 'Ada' } };
  expect(history(stdout)).toEqual([
    { by: 'web', order: { ...order, total: 120, updatedBy: 'web' } },
    { by: 'support', order: { ...order, total: 90, updatedBy: 'support' } },
  ]);
  expect(stdout).not.toContain('4111');
  expect(handled(stdout)).toEqual(['INSERT', 'INSERT', 'MODIFY', 'REMOVE', 'INSERT']);
  expect(code).toBe(0);
});

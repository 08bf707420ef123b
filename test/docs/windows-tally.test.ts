import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StreamWindow } from '../../src/index.ts';
import { recordOf, STREAM_ARN } from '../fixtures/events.ts';
import { blocksOf, ROOT } from './markdown.ts';

test('the tally of the page about windows counts customers of any name, through JSON', async () => {
  // Within the package, so that the import of streamlane finds it.
  const folder = mkdtempSync(join(ROOT, 'test/docs/tally-'));
  try {
    const file = join(folder, 'tally.ts');
    const example = blocksOf('docs/windows.md').find(({ language }) => language === 'ts');
    writeFileSync(file, example?.code ?? '');
    const { handler } = (await import(/* @vite-ignore */ file)) as { handler: StreamWindow };
    const customers = ['constructor', '__proto__', 'toString', 'acme'];
    let state: Record<string, unknown> = {};
    // As Lambda carries the state: as text, from one invocation to the next.
    for (let invocation = 0; invocation < 2; invocation++) {
      const Records = customers.map((customer, index) => {
        const image = { customerId: { S: customer }, status: { S: 'PAID' }, total: { N: '5' } };
        return recordOf({ eventName: 'MODIFY', newImage: image }, index);
      });
      const response = await handler({
        Records,
        window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
        state: JSON.parse(JSON.stringify(state)),
        shardId: 'shardId-1',
        eventSourceARN: STREAM_ARN,
        isFinalInvokeForWindow: false,
        isWindowTerminatedEarly: false,
      });
      expect(response.batchItemFailures).toEqual([]);
      state = response.state;
    }
    expect(state.paid).toBe(40);
    expect(Object.entries(state.byCustomer as object)).toEqual(customers.map((name) => [`#${name}`, 10]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { apiReport } from './api-report.ts';

test('docs/api-report.txt is the public API; `npm run api` writes it', async () => {
  const file = resolve(import.meta.dirname, '../../docs/api-report.txt');
  await expect(apiReport()).toMatchFileSnapshot(file);
});

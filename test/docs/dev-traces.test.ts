// The commands and the output under "See a trace on your machine" of docs/observability.md, run again.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawned } from '../cli/spawned.ts';
import { blocksOf, ROOT } from './markdown.ts';

const PAGE = 'docs/observability.md';

/** Ids and times differ between runs. */
function stable(tree: string): string {
  return tree
    .replaceAll(/process Invoices {2}[\d.]+ ms {2}trace [\da-f]{32} {2}span [\da-f]{16}/g, 'process Invoices')
    .replaceAll(/message [\da-f-]{36}/g, 'message')
    .trimEnd();
}

test('the tree of a trace is what dev prints for the function and the item of the page', {
  timeout: 60_000,
}, async () => {
  const blocks = blocksOf(PAGE);
  const [handler] = blocks.filter(({ code }) => code.includes('export const handler'));
  const [, item = ''] =
    /streamlane put Invoices '(.+)'/.exec(blocks.map(({ code }) => code).join('\n')) ?? [];
  const [expected] = blocks.filter(({ language }) => language === 'text');
  const folder = mkdtempSync(join(tmpdir(), 'streamlane-traces-'));
  try {
    mkdirSync(join(folder, 'src'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'src/handler.ts'), `${handler?.code}`);
    writeFileSync(
      join(folder, 'src/invoice.ts'),
      'export interface Invoice { customerId: string; invoiceId: string; total: number }',
    );
    const dev = spawned(
      [
        ...['dev', 'src/handler.ts', '--table', 'Invoices', '--create', 'customerId,invoiceId'],
        ...['--create-topic', 'payments', '--traces'],
      ],
      { cwd: folder },
    );
    await dev.seen(/Ctrl-C stops/);
    expect(await spawned(['put', 'Invoices', item], { cwd: folder }).ended()).toMatchObject({ code: 0 });
    await dev.seen(/✓ 1 record/);
    dev.interrupt();
    const { stdout, stderr } = await dev.ended();
    expect(stable(stdout), stderr).toContain(stable(`${expected?.code}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// The commands and the output under "See a trace on your machine" of docs/observability.md, run again.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { spawned } from '../cli/spawned.ts';
import { blocksOf, ROOT } from './markdown.ts';

const blocks = blocksOf('docs/observability.md');
const [handler] = blocks.filter(({ code }) => code.includes('export const handler'));
const [, item = ''] = /streamlane put Invoices '(.+)'/.exec(blocks.map(({ code }) => code).join('\n')) ?? [];

/** The module of a Lambda layer, without an exporter. */
const SETUP = `import { trace } from '@opentelemetry/api';
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace';
trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOffSampler() }));
`;

/** A project with the function of the page. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'streamlane-traces-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'src/handler.ts'), `${handler?.code}`);
  writeFileSync(
    join(folder, 'src/invoice.ts'),
    'export interface Invoice { customerId: string; invoiceId: string; total: number }',
  );
  writeFileSync(join(folder, 'setup.mjs'), SETUP);
  return folder;
}

/** Runs the commands of the page in a project. Returns what `dev` has printed. */
async function outputOf(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const dev = spawned(
    [
      ...['dev', 'src/handler.ts', '--table', 'Invoices', '--create', 'customerId,invoiceId'],
      ...['--create-topic', 'payments', '--traces'],
    ],
    { cwd, env },
  );
  await dev.seen(/Ctrl-C stops/);
  expect(await spawned(['put', 'Invoices', item], { cwd }).ended()).toMatchObject({ code: 0 });
  await dev.seen(/✓ 1 record/);
  dev.interrupt();
  const { stdout, stderr } = await dev.ended();
  return stdout + stderr;
}

/** Ids and times differ between runs. */
function stable(tree: string): string {
  return tree
    .replaceAll(/process Invoices {2}[\d.]+ ms {2}trace [\da-f]{32} {2}span [\da-f]{16}/g, 'process Invoices')
    .replaceAll(/message [\da-f-]{36}/g, 'message')
    .trimEnd();
}

test('the tree of a trace is what dev prints for the function and the item of the page', async () => {
  const [expected] = blocks.filter(({ language }) => language === 'text');
  expect(stable(await outputOf(project()))).toContain(stable(`${expected?.code}`));
});

test('a provider that NODE_OPTIONS registers is that of the handler', async () => {
  const folder = project();
  const NODE_OPTIONS = `--import ${pathToFileURL(join(folder, 'setup.mjs')).href}`;
  expect(await outputOf(folder, { NODE_OPTIONS })).toMatch(
    /^The sampler of the OpenTelemetry setup .+ drops spans/m,
  );
});

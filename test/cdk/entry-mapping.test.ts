import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { type EntryOptions, entryMapping } from '../../src/cdk/entry-mapping.ts';
import { streamRouter } from '../../src/index.ts';
import { eventSourceMapping } from '../../src/mapping/index.ts';

const installed = vi.hoisted(() => ({ esbuild: true }));

vi.mock(import('node:module'), async (original) => {
  const { createRequire, ...others } = await original();
  return {
    ...others,
    createRequire: (from) => {
      if (installed.esbuild) return createRequire(from);
      throw new Error("Cannot find module 'esbuild'");
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'streamlane-entry-'));
symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));

afterAll(() => rmSync(folder, { recursive: true }));

function described(source: string, options: Partial<EntryOptions> = {}): ReturnType<typeof entryMapping> {
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, source);
  return entryMapping({
    entry,
    mapping: { startingPosition: 'LATEST' },
    bundling: undefined,
    environment: {},
    ...options,
  });
}

test('tells what each export needs, and which variables env() names in the module alone', () => {
  const found = described(`
    import { env, streamRouter } from 'streamlane';
    enum Kind { Draft = 'DRAFT' }
    console.log(Kind.Draft, await Promise.resolve(env('TOPIC_ARN')));
    export const inserts = streamRouter().onInsert(async () => {});
    export default async () => {};
    export const limit = 3;
  `);

  const { properties } = eventSourceMapping(
    streamRouter().onInsert(async () => {}),
    { startingPosition: 'LATEST' },
  );
  expect(found).toEqual({ exports: { default: null, inserts: properties }, environment: ['TOPIC_ARN'] });
});

test('loads the module with the options of its bundle, and the variables of the function', () => {
  writeFileSync(join(folder, 'data.yaml'), 'NAME\n');
  const found = described(
    `
    import { env } from 'streamlane';
    import data from './data.yaml';
    env(data.trim() + STAGE + process.env.REGION_NAME);
    `,
    {
      bundling: { define: { STAGE: '"_DEV"' }, loader: { '.yaml': 'text' } },
      environment: { REGION_NAME: '_EU' },
    },
  );

  expect(found).toEqual({ exports: {}, environment: ['NAME_DEV_EU'] });
});

test.each([
  ["throw new RangeError('too late')", 'RangeError: too late'],
  ["throw 'text'", 'Loading it, for which it has 60 s, ended with exit code 1.'],
  ["process.kill(process.pid, 'SIGKILL')", 'Loading it, for which it has 60 s, ended with SIGKILL.'],
  [
    "import './missing.ts'",
    expect.stringMatching(/Build failed with 1 error: .* Could not resolve "\.\/missing\.ts"/),
  ],
])('says why it knows nothing of a module: %s', (source, problem) => {
  expect(described(source)).toEqual({ problem });
});

test('needs esbuild', () => {
  installed.esbuild = false;

  expect(described('')).toEqual({ problem: 'esbuild is not installed. Add it to the devDependencies.' });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Bundling, PROGRAMS, type ProgramName } from '../programs.ts';
import type { Effort, Entrant, GroupPlan, Measure, Place } from '../run/plan.ts';

const run = promisify(execFile);
const PROBE = fileURLToPath(new URL('../import-probe.ts', import.meta.url));
// Among the packages, so that imports outside of a bundle are found.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/streamlane-bench', import.meta.url));

const BUNDLINGS: Readonly<Record<Bundling, string>> = {
  'sdk-external': '@aws-sdk/* left to the Lambda runtime',
  all: 'everything bundled',
};

export const footprintMeasure: Measure = {
  name: 'footprint',
  title: 'Bundle and import',
  method:
    'esbuild bundles four programs: minified ESM for Node 22. Three of them do the same, and one does nothing. The bundle ' +
    "either leaves out `@aws-sdk/*`, as CDK's NodejsFunction does, or has everything in it. Each turn imports a bundle " +
    'in a new process, and times the import there.',
  plans: (effort) =>
    (Object.keys(BUNDLINGS) as Bundling[])
      .filter((bundling) => !effort.quick || bundling === 'sdk-external')
      .flatMap((bundling) => [sizes(bundling), imports(bundling, effort)]),
};

function places(): Place[] {
  return Object.keys(PROGRAMS).map((name) => ({ name, host: 'footprint' }));
}

function sizes(bundling: Bundling): GroupPlan {
  return {
    id: `footprint/bundle/${bundling}`,
    title: `Minified bundle, ${BUNDLINGS[bundling]}`,
    unit: 'kB',
    places: places(),
    rounds: 1,
    warmups: 0,
    entrant: async (name) => {
      const code = await bundled(name, bundling);
      const facts = { 'gzip kB': gzipSync(code).length / 1000 };
      return { sample: async () => ({ value: code.length / 1000, facts }) };
    },
  };
}

function imports(bundling: Bundling, { quick }: Effort): GroupPlan {
  return {
    id: `footprint/import/${bundling}`,
    title: `Import in a new process, ${BUNDLINGS[bundling]}`,
    unit: 'ms',
    places: places(),
    rounds: quick ? 7 : 41,
    warmups: 1,
    entrant: async (name) => importer(await bundled(name, bundling)),
  };
}

async function bundled(name: string, bundling: Bundling): Promise<Uint8Array> {
  const { bundleOf } = await import('../bundle.ts');
  return bundleOf(name as ProgramName, bundling);
}

function importer(bundle: Uint8Array): Entrant {
  return {
    async sample() {
      await mkdir(CACHE, { recursive: true });
      const directory = await mkdtemp(join(CACHE, 'bundle-'));
      try {
        const file = join(directory, 'index.mjs');
        await writeFile(file, bundle);
        const { stdout } = await run(process.execPath, [PROBE, file]);
        return { value: Number(stdout) };
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  };
}

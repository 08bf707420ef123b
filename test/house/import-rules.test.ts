import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importRules, roomsOf } from './import-rules.ts';

const root = resolve(import.meta.dirname, '../..');
const rooms = roomsOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));

test('the map in CONTRIBUTING.md has every file and folder of src, once, and no other', () => {
  expect([...rooms].sort()).toEqual(readdirSync(join(root, 'src')).sort());
});

test('biome.rooms.json is made from the map; `npx vitest run test/house -u` writes it', async () => {
  await expect(importRules(rooms)).toMatchFileSnapshot(join(root, 'biome.rooms.json'));
});

describe('lint', () => {
  const copy = mkdtempSync(join(tmpdir(), 'streamlane-lint-'));
  beforeAll(() => {
    for (const file of ['biome.json', '.gitignore']) cpSync(join(root, file), join(copy, file));
    writeFileSync(join(copy, 'biome.rooms.json'), importRules(rooms));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  /** The lines that Biome refuses, with the rule that each violates: `batch/a.ts:1 noImportCycles`. */
  function refused(files: Readonly<Record<string, string>>): readonly string[] {
    rmSync(join(copy, 'src'), { recursive: true, force: true });
    for (const [path, source] of Object.entries(files)) {
      mkdirSync(join(copy, 'src', dirname(path)), { recursive: true });
      writeFileSync(join(copy, 'src', path), source);
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', 'src'], {
      cwd: copy,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    return diagnostics
      .map(({ category, location: { path, start } }) => {
        return `${path.replaceAll('\\', '/').replace('src/', '')}:${start.line} ${category.replace(/.*\//, '')}`;
      })
      .sort();
  }

  /** One import for each way to import. */
  const importing = (specifier: string): string =>
    [
      `import type { T } from '${specifier}';`,
      `export { a } from '${specifier}';`,
      `export const b = (): Promise<T> => import('${specifier}');`,
      '',
    ].join('\n');

  test('refuses imports against the map, of values and types, at once and on demand', () => {
    const wrong: readonly (readonly [what: string, file: string, specifier: string])[] = [
      ['what runs in a function, of what emulates', 'batch/run.ts', '../delivery/x.ts'],
      ['a folder within such a folder', 'sinks/batcher/fault.ts', '../../local/x.ts'],
      ['the core, of its own index', 'router/route.ts', '../index.ts'],
      ['a file of src, of a folder below it', 'errors.ts', './options/env.ts'],
      ['emulation, of the command line', 'local/index.ts', '../cli/program.ts'],
      ['a command, of another one', 'cli/tail/change.ts', '../dev/format.ts'],
      ['a part of a command, of another command', 'cli/dev/sandbox/worker.ts', '../../invoke/run-invoke.ts'],
      ['what commands share, of a command', 'cli/terminal/style.ts', '../dev/format.ts'],
      ['the core, of an AWS SDK client', 'batch/lanes.ts', '@aws-sdk/client-dynamodb'],
      ['the core, of Middy', 'router/router.ts', '@middy/core'],
      ['the core, of a part of Powertools', 'record/copy.ts', '@aws-lambda-powertools/batch/types'],
      ['a sink, of another sink', 'sinks/sns.ts', './sqs.ts'],
      ["a sink, of another sink's client", 'sinks/sqs.ts', '@aws-sdk/client-sns'],
    ];
    const files = Object.fromEntries(wrong.map(([, file, specifier]) => [file, importing(specifier)]));
    expect(refused(files)).toEqual(
      wrong.flatMap(([, file]) => [1, 2, 3].map((line) => `${file}:${line} noRestrictedImports`)).sort(),
    );
  });

  test('allows imports along the map', () => {
    const right: readonly (readonly [what: string, file: string, specifier: string])[] = [
      ['a folder, of a folder above it', 'delivery/invoke.ts', '../batch/run.ts'],
      ['a folder, of its own file', 'batch/run.ts', './lanes.ts'],
      ['a folder, of its own part, named like a folder below it', 'stream/reader.ts', './replay/x.ts'],
      ['a command, of a folder named like another command', 'cli/demo/workflow.ts', '../../replay/index.ts'],
      ['a command, of what commands share', 'cli/dev/run-dev.ts', '../terminal/style.ts'],
      ['a sink, of its client', 'sinks/sns.ts', '@aws-sdk/client-sns'],
    ];
    const files = Object.fromEntries(right.map(([, file, specifier]) => [file, importing(specifier)]));
    expect(refused(files)).toEqual([]);
  });

  test('refuses a cycle at run time', () => {
    const files = {
      'batch/a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();\n",
      'batch/b.ts': "import { c } from './c.ts';\nexport const b = (): number => c();\n",
      'batch/c.ts': "import { a } from './a.ts';\nexport const c = (): number => a();\n",
    };
    expect(refused(files)).toEqual(['a', 'b', 'c'].map((file) => `batch/${file}.ts:1 noImportCycles`));
  });
});

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

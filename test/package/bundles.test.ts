import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMONJS_BANNER } from '../../src/cdk/entry-mapping.ts';

const root = resolve(import.meta.dirname, '../..');

/** A function with a sink. Its client comes from the runtime of Lambda, or is bundled. */
const HANDLER = `import { changed, streamRouter } from 'streamlane';
import { retry } from 'streamlane/middleware/retry';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';

const topic = snsTopic({ topicArn: 'arn:aws:sns:us-east-1:123456789012:topic' });

export const handler = streamRouter<{ id: string; total: number }>()
  .use(retry())
  .onInsert(({ newImage }) => { if (newImage.total > 10) throw new RangeError('too much'); })
  .onModify(changed('total'), publishTo(topic, ({ newImage }) => ({ id: newImage.id })));
`;

const recordOf = (number: string, total: string): object => {
  const keys = { id: { S: number } };
  const change = { Keys: keys, NewImage: { ...keys, total: { N: total } }, SequenceNumber: number };
  return {
    eventID: number,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { ...change, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
};
const EVENT = { Records: [recordOf('1', '9'), recordOf('2', '11')] };

/** The entry of Lambda's runtime: it imports or requires the file that it finds. */
const runtime = (file: string): string => `
import { createRequire } from 'node:module';
const path = ${JSON.stringify(file)};
const { handler } = path.endsWith('.mjs') ? await import(path) : createRequire(import.meta.url)(path);
const context = { getRemainingTimeInMillis: () => 30000, awsRequestId: 'r' };
console.log = console.info = console.warn = console.error = () => {};
const response = await handler(${JSON.stringify(EVENT)}, context);
process.stdout.write(JSON.stringify(response));
`;

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'streamlane-bundles-'));
  const streamlane = join(project, 'node_modules/streamlane');
  mkdirSync(streamlane, { recursive: true });
  for (const path of ['package.json', 'dist'])
    cpSync(join(root, path), join(streamlane, path), { recursive: true });
  for (const name of ['@aws-sdk', '@smithy', '@aws', 'tslib']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  writeFileSync(join(project, 'handler.ts'), HANDLER);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

async function bundle(outfile: string, options: BuildOptions): Promise<string> {
  const file = join(project, outfile);
  await build({
    absWorkingDir: project,
    entryPoints: ['handler.ts'],
    outfile: file,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    ...options,
  });
  return file;
}

describe('a bundle of esbuild answers an event as the code does:', () => {
  test.each<[name: string, outfile: string, BuildOptions]>([
    ['ES module', 'esm/handler.mjs', { format: 'esm', target: 'node24', banner: { js: COMMONJS_BANNER } }],
    [
      'ES module, minified',
      'esm-min/handler.mjs',
      { format: 'esm', target: 'node24', minify: true, banner: { js: COMMONJS_BANNER } },
    ],
    ['CommonJS', 'cjs/handler.cjs', { format: 'cjs', target: 'node22' }],
    ['CommonJS, minified', 'cjs-min/handler.cjs', { format: 'cjs', target: 'node22', minify: true }],
    // NodejsFunction of the CDK without options: CommonJS, the AWS SDK left to the runtime.
    [
      'NodejsFunction of the CDK',
      'cdk/handler.js',
      { format: 'cjs', target: 'node22', external: ['@aws-sdk/*', '@smithy/*'] },
    ],
    [
      'NodejsFunction of the CDK, minified, with a source map',
      'cdk-min/handler.js',
      {
        format: 'cjs',
        target: 'node22',
        external: ['@aws-sdk/*'],
        minify: true,
        sourcemap: true,
        keepNames: true,
      },
    ],
    // SAM: Metadata with BuildMethod: esbuild. It minifies and targets es2020 unless told otherwise.
    [
      'SAM, BuildMethod: esbuild',
      'sam/handler.js',
      { format: 'cjs', target: 'es2020', minify: true, external: ['@aws-sdk/*'] },
    ],
    [
      'SAM, BuildMethod: esbuild, Format: esm',
      'sam-esm/handler.mjs',
      {
        format: 'esm',
        target: 'es2020',
        minify: true,
        mainFields: ['module', 'main'],
        external: ['@aws-sdk/*'],
      },
    ],
  ])('%s', async (_name, outfile, options) => {
    const file = await bundle(outfile, options);

    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', runtime(file)], {
      encoding: 'utf8',
    });

    expect(JSON.parse(output)).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  });
});

describe('sideEffects', () => {
  const manifest: {
    readonly exports: Readonly<Record<string, { readonly default: string }>>;
    readonly sideEffects: readonly string[];
    readonly peerDependencies: Readonly<Record<string, string>>;
  } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const subpaths = Object.entries(manifest.exports)
    .filter(([subpath]) => subpath !== './package.json')
    .map(([subpath, target]) => ({
      name: `streamlane${subpath.slice(1)}`,
      registers: manifest.sideEffects.includes(target.default),
    }));

  async function bundled(contents: string): Promise<string> {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: project, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: Object.keys(manifest.peerDependencies),
      minify: true,
      write: false,
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  }

  test.each(subpaths.filter(({ registers }) => !registers))(
    'an import of $name that nothing uses leaves no code in a bundle',
    async ({ name }) => {
      expect(await bundled(`import * as unused from '${name}';\nimport '${name}';\n`)).toBe('');
    },
  );

  test.each(subpaths.filter(({ registers }) => registers))(
    '$name stays: importing it is all that a test does',
    async ({ name }) => {
      expect(await bundled(`import '${name}';\n`)).toContain('.extend(');
    },
  );

  test('a type leaves no code in a bundle', async () => {
    const program = "import { type DynamoDBStreamEvent } from 'streamlane';\n";
    const pass = 'export const pass = (event: DynamoDBStreamEvent) => event;\n';

    // Minified names may differ.
    expect(await bundled(program + pass)).toHaveLength((await bundled(pass)).length);
  });
});

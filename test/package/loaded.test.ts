import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** npm packages that each subpath loads when it is imported. A subpath that is not named here loads none. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  './cdk': ['aws-cdk-lib', 'constructs'],
  './middleware/idempotent': ['@aws-lambda-powertools/idempotency'],
  './opentelemetry': ['@opentelemetry/api'],
  './powertools': ['@aws-lambda-powertools/batch'],
  './sinks/dynamodb': ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
  './sinks/event-bridge': ['@aws-sdk/client-eventbridge'],
  './sinks/s3': ['@aws-sdk/client-s3'],
  './sinks/sns': ['@aws-sdk/client-sns'],
  './sinks/sqs': ['@aws-sdk/client-sqs'],
  './testing': ['@aws-sdk/util-dynamodb'],
  './testing/vitest': ['vitest'],
};

/** Prints every import that Node resolves for a file of dist: the file, the specifier, what it stands for. */
const PROGRAM = `
import { registerHooks } from 'node:module';
const [dist, ...files] = process.argv.slice(1);
const imports = [];
registerHooks({
  resolve(specifier, context, next) {
    const result = next(specifier, context);
    if (context.parentURL?.startsWith(dist)) imports.push([context.parentURL, specifier, result.url]);
    return result;
  },
});
// Vitest does not start outside of a test. By then its imports are known.
for (const file of files) await import(file).catch(() => {});
console.log(JSON.stringify(imports));
`;

test('each subpath loads its own packages and no others', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string }>;
  };
  const subpaths = Object.entries(exports).filter(([subpath]) => subpath !== './package.json');
  const urlOf = (path: string): string => pathToFileURL(join(root, path)).href;
  const files = subpaths.map(([, target]) => urlOf(target.default));
  const argv = ['--input-type=module', '--eval', PROGRAM, urlOf('dist/'), ...files];
  const imports = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Import[];

  const loaded = Object.fromEntries(
    subpaths.map(([subpath, target]) => [subpath, [...packagesOf(urlOf(target.default), imports)].sort()]),
  );
  const expected = Object.fromEntries(subpaths.map(([subpath]) => [subpath, PACKAGES[subpath] ?? []]));
  expect(loaded).toEqual(expected);
});

type Import = readonly [from: string, specifier: string, url: string];

/** The packages that a file loads, by itself and through the files that it loads. */
function packagesOf(file: string, imports: readonly Import[], seen: Set<string> = new Set()): Set<string> {
  seen.add(file);
  const packages = new Set<string>();
  for (const [from, specifier, url] of imports) {
    if (from !== file || specifier.startsWith('node:')) continue;
    if (!specifier.startsWith('.')) packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '');
    else if (!seen.has(url)) for (const name of packagesOf(url, imports, seen)) packages.add(name);
  }
  return packages;
}

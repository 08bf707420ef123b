import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** The packages that a file loads, by itself and through the files that it loads. Types are erased before. */
function packagesOf(file: string, seen: Set<string> = new Set()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, clause = '', specifier = ''] of source.matchAll(
    /^(?:import|export)\s([^;]*?)\sfrom '([^']+)';/gm,
  )) {
    if (clause.startsWith('type ') || onlyTypes(clause) || specifier.startsWith('node:')) continue;
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const name of packagesOf(join(dirname(file), specifier), seen)) packages.add(name);
  }
  return packages;
}

function onlyTypes(clause: string): boolean {
  const names = /^\{(.*)\}$/s.exec(clause)?.[1];
  return names?.split(',').every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
}

test.each<[string, string[]]>([
  ['dead-letter', []],
  ['idempotent', ['@aws-lambda-powertools/idempotency']],
  ['metrics', []],
  ['retry', ['p-retry']],
  ['validate', []],
])('streamlane/middleware/%s loads %j and nothing else', (name, packages) => {
  expect([...packagesOf(join(root, 'src/middleware', `${name}.ts`))]).toEqual(packages);
});

import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SINKS = resolve(import.meta.dirname, '../../src/sinks');

/** All that is loaded with a module, types aside: files of src, and packages. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  const source = readFileSync(file, 'utf8');
  for (const [statement, from = ''] of source.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gms)) {
    if (/^(?:import|export) type\b/.test(statement)) continue;
    const path = from.startsWith('.') ? resolve(dirname(file), from) : from;
    if (seen.has(path)) continue;
    seen.add(path);
    if (path !== from) loadedWith(path, seen);
  }
  return seen;
}

test.each([
  ['sns', ['@aws-sdk/client-sns']],
  ['sqs', ['@aws-sdk/client-sqs']],
  ['event-bridge', ['@aws-sdk/client-eventbridge']],
  ['dynamodb', ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb']],
  ['s3', ['@aws-sdk/client-s3']],
  ['index', []],
])('streamlane/sinks/%s loads %j, and no other sink', (name, packages) => {
  const loaded = [...loadedWith(resolve(SINKS, `${name}.ts`))];
  const own = loaded.filter((path) => path.startsWith('/')).map((path) => relative(SINKS, path));
  const foreign = loaded.filter((path) => !path.startsWith('/') && !path.startsWith('node:'));
  expect(foreign.sort()).toEqual(packages);
  expect(own).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:sns|sqs|event-bridge|dynamodb|s3)\.ts$/)]),
  );
  // Outside of the sinks there is nothing but errors, the checks of options and, for items, the marshalling.
  const outside = own.filter((path) => path.startsWith('..'));
  const shared = [
    'failure/content-free-cause',
    'options/env',
    'errors',
    'options/check-options',
    'options/invalid-option',
    'options/unknown-options',
    'promise/thenable',
    'promise/unfinished',
    'item/decimal',
  ];
  const allowed = [...shared, 'item/marshall-map', 'item/item-size'].map((path) => `../${path}.ts`);
  expect(allowed).toEqual(expect.arrayContaining(outside));
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportedMapping } from '../../../src/cli/flags/exported-mapping.ts';
import { streamRouter } from '../../../src/index.ts';
import { eventSourceMapping } from '../../../src/mapping/index.ts';
import { isRouterMapping } from '../../../src/mapping/is-router-mapping.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

/** The text of an object with the members of a mapping. */
const mappingOf = (batchSize: number): string =>
  `{ properties: {}, options: { batchSize: ${batchSize} }, warnings: [], routes: [] }`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamlane-mapping-'));
  const files = {
    'handler.mjs': `export const handler = () => {}; export const deployed = ${mappingOf(1)};`,
    'mapping.mjs': `export const mapping = ${mappingOf(2)}; export const canary = ${mappingOf(3)}; export default ${mappingOf(4)};`,
    'others.mjs': 'export const text = "t"; export const handler = () => {};',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['handler.mjs', 'deployed', 1],
  ['handler.mjs#handler', 'deployed', 1],
  ['handler.mjs#handler', 'mapping.mjs#mapping', 2],
  ['handler.mjs#handler', 'mapping.mjs#canary', 3],
  ['handler.mjs#handler', 'mapping.mjs#default', 4],
  ['handler.mjs#handler', 'mapping.mjs', 2],
])('beside %s, --mapping %s names a mapping', async (handler, mapping, batchSize) => {
  const named = mapping.includes('.') ? at(mapping) : mapping;
  expect((await exportedMapping(at(handler), named)).options).toEqual({ batchSize });
});

test.each([
  ['none', /handler\.mjs has no export none\. It exports deployed: use .*handler\.mjs#deployed\./],
  [
    'handler',
    /The export handler of .*handler\.mjs is not a mapping\. Export what eventSourceMapping returns\./,
  ],
  ['mapping.mjs#none', /mapping\.mjs has no export none\. It exports .*canary.*: use .*mapping\.mjs#/],
  ['others.mjs', /others\.mjs has no export mapping\. It exports no mapping\./],
  ['others.mjs#text', /The export text of .*others\.mjs is not a mapping\./],
  ['missing.mjs#mapping', /There is no file .*missing\.mjs\./],
])('--mapping %s is an error that says what there is', async (mapping, message) => {
  const named = mapping.includes('.') ? at(mapping) : mapping;
  await expect(exportedMapping(at('handler.mjs'), named)).rejects.toThrow(message);
});

test('a mapping is what eventSourceMapping returns', () => {
  const router = streamRouter().onInsert(() => {});
  expect(isRouterMapping(eventSourceMapping(router, { startingPosition: 'LATEST' }))).toBe(true);
  for (const value of [undefined, null, {}, router, { properties: {}, options: {} }]) {
    expect(isRouterMapping(value)).toBe(false);
  }
});

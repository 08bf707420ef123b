import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ENTITIES = 30;
const ATTRIBUTES = 40;
const FILE = fileURLToPath(new URL('many-entities.ts', import.meta.url));

/** A program with many entities, each with a route for every event. */
function program(): string {
  const numbers = Array.from({ length: ENTITIES }, (_, index) => index);
  const types = ['string', 'number', 'boolean', 'string[]'];
  const attributes = Array.from({ length: ATTRIBUTES - 2 }, (_, index) => `a${index}: ${types[index % 4]};`);
  return [
    "import { all, atLeast, changed, defineTable, itemOf, matches, not, prefix, streamRouter } from '../../src/index.ts';",
    ...numbers.map(
      (n) => `interface Item${n} {
        status: 'OPEN' | 'PAID'; address: { country: string; lines: { street: string }[] }; ${attributes.join(' ')}
      }`,
    ),
    "const app = defineTable({ name: 'App', keys: ['pk', 'sk'], entities: {",
    ...numbers.map((n) => `entity${n}: { item: itemOf<Item${n}>(), match: { sk: prefix('${n}#') } },`),
    '} });',
    'export const handler = streamRouter(app)',
    ...numbers.map(
      (n) => `.entity('entity${n}', (routes) => routes
        .onInsert(matches({ newImage: { a1: atLeast(3) } }), ({ newImage }) => newImage.a1)
        .onModify(all(changed('status', { to: 'PAID' }), not(changed('a5'))), ({ newImage }) => newImage.status)
        .onModify(changed('address.country'), () => {})
        .onRemove(({ oldImage }) => oldImage.address.lines[0]?.street))`,
    ),
    ".onInsert((record) => record.entity === 'entity3' && record.newImage.a1);",
  ].join('\n');
}

test('thirty entities of forty attributes are cheap to check', () => {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, process.cwd());
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === FILE
      ? ts.createSourceFile(name, program(), ts.ScriptTarget.Latest)
      : getSourceFile(name, ...rest);
  const checked = ts.createProgram([FILE], options, host);
  const messages = checked
    .getSemanticDiagnostics(checked.getSourceFile(FILE))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(messages).toEqual([]);
  // What no load of the machine changes. 100,000 instantiations take about a second.
  expect(checked.getInstantiationCount()).toBeLessThan(180_000);
}, 120_000);

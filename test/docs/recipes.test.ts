import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { blocksOf } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const PAGE = 'docs/single-table.md';
const RUNNER = fileURLToPath(new URL('run-recipe.ts', import.meta.url));

const blocks = blocksOf(PAGE).filter(({ language }) => language === 'ts');
let project: SnippetProject;

beforeAll(() => {
  project = createSnippetProject(blocks);
});

afterAll(() => project.remove());

const TIME: unknown = expect.stringMatching(/^20.+Z$/);
const order = { customerId: 'c-1', orderId: 'o-1', status: 'OPEN', total: 80 };

test.each<[library: string, model: string, placed: object]>([
  ['electrodb', 'electrodb-order.ts', order],
  ['dynamodb-toolbox', 'toolbox-order.ts', { ...order, created: TIME, modified: TIME }],
  [
    'onetable',
    'onetable-order.ts',
    { ...order, placedAt: TIME, pk: 'CUSTOMER#c-1', sk: 'ORDER#o-1', _type: 'Order' },
  ],
])('what %s has written comes to the routes of its recipe as the items of its model', async (...recipe) => {
  const [library, model, placed] = recipe;
  const block = blocks.find(({ code }) => code.includes(`from './${model}'`));
  const page = join(project.directory, PAGE);
  await using servers = await startEmulators({ env: {} });

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [RUNNER, library, join(page, model), join(page, `line-${block?.line}.ts`)],
    { env: { PATH: process.env.PATH, ...servers.environment } },
  );

  const [, item = '{}'] = /^placed (.+)$/m.exec(stdout) ?? [];
  expect(JSON.parse(item), stdout).toEqual(placed);
  expect(stdout).toMatch(/^paid o-1$/m);
  expect(stdout).toMatch(/^succeeded 2$/m);
});

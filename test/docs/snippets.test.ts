import { readFileSync } from 'node:fs';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, PAGES, ROOT } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const snippets = PAGES.flatMap(blocksOf).filter((block) => block.language === 'ts');
const broken = blocksOf('test/docs/fixtures/broken.md');

let project: SnippetProject;
const aws = buildApp({ logger: false });
let env: Record<string, string>;
const published: (string | null)[] = [];

beforeAll(async () => {
  project = createSnippetProject([...snippets, ...broken]);
  aws.addHook('preHandler', async ({ body }) => {
    published.push(new URLSearchParams(body as string).get('Message'));
  });
  const endpoint = await aws.listen({ host: '127.0.0.1', port: 0 });
  await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ Action: 'CreateTopic', Name: 'payments', Version: '2010-03-31' }),
  });
  env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:payments',
  };
}, 120_000);

afterAll(async () => {
  project.remove();
  await aws.close();
});

const nameOf = ({ page, line }: Block): string => `${page}:${line}`;

describe.each(snippets.map((block) => ({ name: nameOf(block), block })))('$name', ({ block }) => {
  test('compiles', () => {
    expect(project.errorsOf(block)).toEqual([]);
  });

  test('runs', { timeout: 30_000 }, async () => {
    const { exitCode, response, output } = await project.run(block, env);
    expect(exitCode, output).toBe(0);
    const exportsHandler = /^export const handler\b/m.test(block.code);
    expect(response !== undefined, output).toBe(exportsHandler);
    if (!exportsHandler) return;
    const failures = block.note === 'a record fails' ? [expect.anything()] : [];
    expect(response, output).toEqual({ batchItemFailures: failures });
  });
});

test('the program of the README publishes', async () => {
  published.length = 0;
  const [program] = snippets.filter(({ page }) => page === 'README.md');
  await project.run(program as Block, env);
  expect(published.toSorted()).toEqual([
    'INV-1 created, total 120.5',
    'INV-1 paid',
    'INV-2 created, total 120.5',
    'INV-2 deleted by TTL',
  ]);
});

describe('the snippet tests notice', () => {
  const [typeError, throwing, failing] = broken as [Block, Block, Block];

  test('a snippet that does not compile', () => {
    expect(project.errorsOf(typeError)).toEqual([
      expect.stringMatching(/^test\/docs\/fixtures\/broken\.md:8: Property 'oldImage' does not exist/),
    ]);
  });

  test('a snippet that throws', async () => {
    expect(project.errorsOf(throwing)).toEqual([]);
    const { exitCode, output } = await project.run(throwing, env);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('concurrency has to be a whole number');
  });

  test('a snippet whose records fail', async () => {
    const { response } = await project.run(failing, env);
    expect(response?.batchItemFailures).toHaveLength(1);
  });
});

test('the file that snippets import is the one that the guide shows', () => {
  const shown = snippets.find((block) => block.code.startsWith('// invoice.ts\n'));
  expect(shown?.code).toBe(readFileSync(`${ROOT}/test/docs/project/invoice.ts`, 'utf8'));
});

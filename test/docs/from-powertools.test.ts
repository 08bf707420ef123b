import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Block, blocksOf } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const PAGE = 'docs/from-powertools.md';
const programs = blocksOf(PAGE).filter(({ language }) => language === 'ts');

let project: SnippetProject;

beforeAll(() => {
  // The programs import files of other pages.
  const named = ['docs/README.md', 'docs/getting-started.md'].flatMap(blocksOf);
  project = createSnippetProject([
    ...programs,
    ...named.filter(({ code }) => /^\/\/ (?:invoice|payments)\.ts\n/.test(code)),
  ]);
  // It takes longer to announce that an invoice was created than that it was paid.
  writeFileSync(
    join(project.directory, PAGE, 'payments.ts'),
    `export async function announce(event: string, { invoiceId }: { invoiceId: string }): Promise<void> {
      if (event === 'created') await new Promise((resolve) => setTimeout(resolve, 100));
      console.log(event, invoiceId);
    }\n`,
  );
});

afterAll(() => project.remove());

test.each([
  { name: 'on-invoice-powertools.ts', first: 'paid', second: 'created' },
  { name: 'on-invoice-ordered.ts', first: 'created', second: 'paid' },
  { name: 'on-invoice-router.ts', first: 'created', second: 'paid' },
])('$name announces $first before $second', { timeout: 30_000 }, async ({ name, first, second }) => {
  const program = programs.find(({ code }) => code.startsWith(`// ${name}\n`)) as Block;
  const { response, output } = await project.run(program);
  expect(response, output).toEqual({ batchItemFailures: [] });
  expect(output.match(/^\w+ INV-1$/gm), output).toEqual([`${first} INV-1`, `${second} INV-1`]);
});

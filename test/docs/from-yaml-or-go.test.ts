import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { inShell } from '../fixtures/shell.ts';
import { blocksOf, tableUnder } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const PAGE = 'docs/from-yaml-or-go.md';
const blocks = blocksOf(PAGE);
const codeOf = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ code }) => code);

const [declaration = '', resource = ''] = codeOf('yaml');
const [ofFile = '', ofRouter = ''] = codeOf('sh');

interface Template {
  readonly Resources: { readonly Invoices: { readonly Properties: Readonly<Record<string, unknown>> } };
}

let project: SnippetProject;

beforeAll(() => {
  // The handler imports a file of another page.
  const pages = [PAGE, 'docs/README.md', 'docs/getting-started.md'].flatMap(blocksOf);
  project = createSnippetProject(
    pages.filter(
      ({ language, page, code }) => language === 'ts' && (page === PAGE || /^\/\/ [\w-]+\.ts\n/.test(code)),
    ),
  );
  writeFileSync(join(project.directory, PAGE, 'mappings.yaml'), declaration);
});

afterAll(() => project.remove());

test('the command prints the resource of the declaration', { timeout: 30_000 }, async () => {
  expect(await inShell(ofFile, join(project.directory, PAGE))).toBe(resource);
});

test('that of the router has a filter and FunctionResponseTypes besides', { timeout: 30_000 }, async () => {
  const printed = load(await inShell(ofRouter, join(project.directory, PAGE))) as Template;
  expect(printed.Resources.Invoices.Properties).toEqual({
    ...(load(resource) as Template).Resources.Invoices.Properties,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
  });
});

describe('the table of fields', () => {
  /** A value for each field that is not its default. */
  const VALUES: Readonly<Record<string, unknown>> = {
    lambda: 'on-invoice',
    stream: 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
    starting_position: 'LATEST',
    batch_size: 7,
    enabled: false,
    bisect: false,
    retries: 3,
    record_age: 600,
    window: 5,
    parallelization: 2,
    on_failure: 'arn:aws:sqs:eu-central-1:123456789012:discarded',
    partial_responses: true,
  };
  const text = (cell = ''): string => /^`([^`]+)`$/.exec(cell)?.[1] ?? '';
  const rows = tableUnder(PAGE, 'Fields of a declaration').map(([field, property, option]) => ({
    field: text(field),
    property: text(property),
    option: text(option),
  }));

  test('has every field that the command takes, and no other', async () => {
    const path = join(project.directory, 'unknown.json');
    writeFileSync(path, JSON.stringify({ dynamodb: { invoices: { unknown: 1 } } }));
    const { stderr } = await inProcess(['mapping', path]).ended();
    const [, known = ''] = /Known fields: ([^.]*)\./.exec(stderr) ?? [];
    expect(rows.map(({ field }) => field).sort()).toEqual(known.split(', ').sort());
  });

  test.each(rows)('$field sets $property', async ({ field, property, option }) => {
    const { lambda, stream, starting_position } = VALUES;
    const declared = { lambda, stream, starting_position, [field]: VALUES[field] };
    const path = join(project.directory, `${field}.json`);
    writeFileSync(path, JSON.stringify({ dynamodb: { invoices: declared } }));
    const printed = async (format: string): Promise<unknown> =>
      load((await inProcess(['mapping', path, '--format', format]).ended()).stdout);

    const { Resources } = (await printed('cloudformation')) as Template;
    expect(JSON.stringify(Resources.Invoices.Properties[property])).toContain(
      field === 'partial_responses' ? 'ReportBatchItemFailures' : JSON.stringify(VALUES[field]),
    );
    if (option === '') return;
    const { invoices } = (await printed('json')) as { invoices: { options: object } };
    expect(invoices.options).toHaveProperty(option);
  });
});

test("Sparta's mapping in Go has the values of the declaration", () => {
  const [go = ''] = codeOf('go');
  const { invoices } = (load(declaration) as { dynamodb: { invoices: Record<string, unknown> } }).dynamodb;
  expect(go).toContain(`BatchSize:        ${invoices.batch_size},`);
  expect(go).toContain(`StartingPosition: "${invoices.starting_position}",`);
  expect(go).toContain(`NewAWSLambda("${invoices.lambda}", `);
});

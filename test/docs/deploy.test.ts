import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExample } from '../examples/project-copy.ts';
import { MADE_MAPPING, validateTemplate, withMadeMapping } from '../examples/validate-template.ts';
import { inShell } from '../fixtures/shell.ts';
import { blocksOf } from './markdown.ts';
import { createSnippetProject, type SnippetProject } from './snippets.ts';

const PAGE = 'docs/deploy.md';
const blocks = blocksOf(PAGE);
const codeOf = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ code }) => code);

const commands = codeOf('sh')
  .flatMap((code) => code.split('\n'))
  .filter((line) => /^npx (?:streamlane|esbuild) /.test(line));

const [sam = '', serverless = ''] = codeOf('yaml');
const [main = ''] = codeOf('hcl');

let project: SnippetProject;

beforeAll(() => {
  project = createSnippetProject(blocks.filter(({ language }) => language === 'ts'));
});

afterAll(() => project.remove());

/** Runs a line beside the files that the page names. */
const run = (line: string): Promise<string> =>
  inShell(line.replace(/^npx /, ''), join(project.directory, PAGE));

function commandFor(format: string): string {
  const found = commands.filter((line) => line.includes(`--format ${format} `));
  expect(found).toHaveLength(1);
  return `${found[0]}`.replace(/ > .*$/, '');
}

const flush = (text: string): string => text.replaceAll(/^ +/gm, '').trim();

test('the handler and the templates are those of the examples', () => {
  const code = (text: string): string => text.replaceAll(/^\/[/*].*\n/gm, '').trim();
  expect(code(codeOf('ts')[0] ?? '')).toBe(code(readExample('deploy-sam/handler.ts')));
  expect(sam).toBe(readExample('deploy-sam/template.yaml'));
  expect(main).toBe(readExample('deploy-terraform/main.tf'));
});

test('the command prints the events that the template of SAM has', { timeout: 30_000 }, async () => {
  const [, written = ''] = /# Written by .*\n([\s\S]*?)# End/.exec(sam) ?? [];
  expect(flush(await run(commandFor('sam')))).toBe(flush(written));
});

test('the command prints the mapping.tf.json of the example', { timeout: 30_000 }, async () => {
  expect(await run(commandFor('terraform'))).toBe(readExample('deploy-terraform/mapping.tf.json'));
});

describe('serverless.yml', () => {
  interface Service {
    readonly provider: {
      readonly environment: object;
      readonly iam: { readonly role: { readonly statements: readonly object[] } };
    };
    readonly package: { readonly patterns: readonly string[] };
    readonly functions: {
      readonly onInvoice: { readonly handler: string; readonly events: readonly unknown[] };
    };
    readonly resources: { readonly Resources: object; readonly extensions: Readonly<Record<string, object>> };
  }
  const service = load(serverless) as Service;

  // `<Function>EventSourceMapping<Type><Table>`, as the framework names what it makes of an event.
  const MADE = 'OnInvoiceEventSourceMappingDynamodbInvoices';
  const extension = service.resources.extensions[MADE] as { readonly Properties: object };

  test('adds the metrics to the mapping that the framework makes', () => {
    expect(service.resources.extensions).toEqual({
      [MADE]: { Properties: { MetricsConfig: { Metrics: ['EventCount'] } } },
    });
    const [{ stream }] = service.functions.onInvoice.events as [{ stream: { type: string; arn: object } }];
    expect(stream).toMatchObject({ type: 'dynamodb', arn: { 'Fn::GetAtt': ['Invoices', 'StreamArn'] } });
  });

  test('has the events that the command prints', { timeout: 30_000 }, async () => {
    const printed = load(await run(commandFor('serverless'))) as Service;
    expect(printed.functions.onInvoice.events).toEqual(service.functions.onInvoice.events);
  });

  test('has resources, permissions and variables without anything that AWS does not know', {
    timeout: 60_000,
  }, () => {
    const { environment, iam } = service.provider;
    // The framework makes these.
    const Role = { 'Fn::GetAtt': ['Role', 'Arn'] };
    const role = {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      Policies: [
        { PolicyName: 'lambda', PolicyDocument: { Version: '2012-10-17', Statement: iam.role.statements } },
      ],
    };
    const code = { Code: { ZipFile: 'x' }, Handler: 'a.b', Runtime: 'nodejs24.x' };
    const { unknown } = validateTemplate(
      JSON.stringify({
        Resources: {
          ...service.resources.Resources,
          [MADE]: { ...MADE_MAPPING, Properties: { ...MADE_MAPPING.Properties, ...extension.Properties } },
          Role: { Type: 'AWS::IAM::Role', Properties: role },
          OnInvoiceLambdaFunction: {
            Type: 'AWS::Lambda::Function',
            Properties: { ...code, Role, Environment: { Variables: environment } },
          },
        },
      }),
    );
    expect(unknown).toEqual([]);
    expect(iam.role.statements).toEqual([
      { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Payments' } },
    ]);
    expect(environment).toEqual({ PAYMENTS_TOPIC_ARN: { Ref: 'Payments' } });
  });

  test('has the same resources as the template of SAM', { timeout: 60_000 }, () => {
    const { Resources } = validateTemplate(withMadeMapping(sam, 'OnInvoiceInvoiceStream'));
    // The CDK leaves references as they are written: in two parts, or as one text.
    const own = JSON.stringify(service.resources.Resources)
      .replaceAll('OnInvoiceLambdaFunction', 'OnInvoice')
      .replaceAll(MADE, 'OnInvoiceInvoiceStream')
      .replaceAll(/"Fn::GetAtt":\["(\w+)","(\w+)"\]/g, '"Fn::GetAtt":"$1.$2"');
    const { OnInvoice, OnInvoiceInvoiceStream } = Resources;
    expect({ ...JSON.parse(own), OnInvoice, OnInvoiceInvoiceStream }).toEqual(Resources);
  });
});

test('esbuild makes the file that the templates take', { timeout: 30_000 }, async () => {
  const lines = [...new Set(commands.filter((line) => line.startsWith('npx esbuild ')))];
  expect(lines).toHaveLength(1);
  const folder = join(project.directory, PAGE);

  await run(lines[0] ?? '');

  expect(readFileSync(join(folder, 'dist/handler.mjs'), 'utf8')).toMatch(/export \{\s+handler\s+\}/);
  expect(main).toContain('dist/handler.mjs');
  expect(serverless).toContain('dist/handler.mjs');
});

test('every command of the page is one of these', () => {
  const run = ['sam', 'terraform', 'serverless'].map(commandFor);
  const others = commands.map((line) => line.replace(/ > .*$/, '')).filter((line) => !run.includes(line));
  expect(others.filter((line) => !line.startsWith('npx esbuild '))).toEqual([
    'npx streamlane mapping ./handler.ts#handler --starting-position TRIM_HORIZON --explain',
  ]);
});

test('--explain says what the filter of the page says', { timeout: 30_000 }, async () => {
  expect(await run(`${commands[0]} 2>&1`)).toContain('gets {"eventName":["INSERT"]}');
});

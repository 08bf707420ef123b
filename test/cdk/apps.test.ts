import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Another version of TypeScript, as a path to the package. */
const { OTHER_TYPESCRIPT = join(root, 'node_modules/typescript') } = process.env;

const HANDLER = `
import { changed, env, streamRouter } from 'streamlane';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';

interface Invoice { id: string; status: 'OPEN' | 'PAID' }

const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });

export const handler = streamRouter<Invoice>().onModify(changed('status', { to: 'PAID' }), publishTo(payments, ({ newImage }) => newImage));
`;

/** One source for both kinds of modules: the extension decides which one it is. */
const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StreamFunction } from 'streamlane/cdk';
import { handler } from './handler.EXTENSION';

const app = new App({ outdir: 'out-EXTENSION' });
const stack = new Stack(app, 'Invoices');
const table = new Table(stack, 'Table', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  stream: StreamViewType.NEW_AND_OLD_IMAGES,
});
const payments = new Topic(stack, 'Payments');
const onChange = new StreamFunction(stack, 'OnChange', {
  table,
  router: handler,
  entry: 'handler.SOURCE',
  startingPosition: 'TRIM_HORIZON',
  environment: { PAYMENTS_TOPIC_ARN: payments.topicArn },
});
payments.grantPublish(onChange);
app.synth();
console.log(typeof require);
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamlane-apps-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  for (const [source, extension] of [
    ['mts', 'mjs'],
    ['cts', 'cjs'],
  ] as const) {
    writeFileSync(join(folder, `handler.${source}`), HANDLER);
    const app = APP.replaceAll('EXTENSION', extension).replace('SOURCE', source);
    writeFileSync(join(folder, `app.${source}`), app);
  }
  const options = [
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    'node',
  ];
  execFileSync(process.execPath, [join(OTHER_TYPESCRIPT, 'lib/tsc.js'), ...options, 'app.mts', 'app.cts'], {
    cwd: folder,
    stdio: 'pipe',
    encoding: 'utf8',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['an ES module', 'mjs', 'undefined'],
  ['CommonJS, which requires it', 'cjs', 'function'],
])('an app in TypeScript that is %s compiles, and synthesizes the mapping', (_, extension, kind) => {
  const printed = execFileSync(process.execPath, [`app.${extension}`], {
    cwd: folder,
    stdio: 'pipe',
    encoding: 'utf8',
  });

  expect(printed).toBe(`${kind}\n`);
  const { Resources } = JSON.parse(
    readFileSync(join(folder, `out-${extension}/Invoices.template.json`), 'utf8'),
  ) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const [mapping] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  expect(mapping?.Properties).toMatchObject({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    FilterCriteria: { Filters: [{ Pattern: expect.stringContaining('PAID') }, expect.anything()] },
    MaximumRecordAgeInSeconds: 43_200,
  });
});

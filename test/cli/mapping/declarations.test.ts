import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { load } from '../../../src/cli/third-party/js-yaml.ts';
import { QUEUE, STREAM } from '../../mapping/formats/mappings.ts';
import { inProcess } from '../in-process.ts';

let directory: string;
let files = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'streamlane-declarations-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

async function run(
  content: unknown,
  { flags = [], type = 'json' }: { readonly flags?: readonly string[]; readonly type?: string } = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  files += 1;
  const path = join(directory, `mappings${files}.${type}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  const { code, stdout, stderr } = await inProcess(['mapping', path, ...flags]).ended();
  return { code: code as number, stdout, stderr: stderr.replaceAll(path, 'FILE') };
}

const ORDERS = { lambda: 'on-order', stream: STREAM, starting_position: 'TRIM_HORIZON' };

const YAML = `
dynamodb:
  orders:
    lambda: on-order
    stream: ${STREAM}
    starting_position: TRIM_HORIZON
    batch_size: 500
    enabled: false
    bisect: false
    retries: 3
    record_age: 3600
    window: 5
    parallelization: 2
    on_failure: ${QUEUE}
    partial_responses: false
  invoices:
    lambda: { Ref: OnInvoice }
    stream: \${Invoices.StreamArn}
    starting_position: LATEST
`;

describe.each(['yaml', 'yml'])('a file .%s with several mappings', (type) => {
  test('gives several resources, with each field in its place', async () => {
    const { code, stdout, stderr } = await run(YAML, { type });

    expect(load(stdout)).toEqual({
      Resources: {
        Orders: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: 'on-order',
            EventSourceArn: STREAM,
            StartingPosition: 'TRIM_HORIZON',
            BatchSize: 500,
            Enabled: false,
            BisectBatchOnFunctionError: false,
            MaximumRetryAttempts: 3,
            MaximumRecordAgeInSeconds: 3600,
            MaximumBatchingWindowInSeconds: 5,
            ParallelizationFactor: 2,
            DestinationConfig: { OnFailure: { Destination: QUEUE } },
          },
        },
        Invoices: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: { Ref: 'OnInvoice' },
            EventSourceArn: { 'Fn::Sub': '${Invoices.StreamArn}' },
            StartingPosition: 'LATEST',
            BisectBatchOnFunctionError: true,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
        },
      },
    });
    expect(stderr).toBe(
      'warning: invoices: Records that the mapping discards are not recorded anywhere. Set on_failure to a queue, a topic or a bucket. ' +
        '(NO_DESTINATION)\n',
    );
    expect(code).toBe(EXIT.ok);
  });
});

describe('the formats of a file', () => {
  const dynamodb = { 'on-order': { ...ORDERS, on_failure: QUEUE }, '2nd': { ...ORDERS, lambda: 'other' } };

  test('sam has the events of each function', async () => {
    expect(load((await run({ dynamodb }, { flags: ['--format', 'sam'] })).stdout)).toMatchObject({
      Resources: {
        OnOrder: { Properties: { Events: { OnOrder: { Type: 'DynamoDB' } } } },
        Other: { Properties: { Events: { '2nd': { Type: 'DynamoDB' } } } },
      },
    });
  });

  test.each(['sam', 'serverless'])(
    '%s asks for the type of a destination that is a reference',
    async (format) => {
      const yaml = `dynamodb:
  orders: { lambda: f, stream: '${STREAM}', starting_position: LATEST, on_failure: { Fn::GetAtt: [Failures, Arn] } }
`;
      const flags = ['--format', format];
      const without = await run(yaml, { flags, type: 'yaml' });
      const typed = await run(yaml, { flags: [...flags, '--destination-type', 'sqs'], type: 'yaml' });

      expect(without.stderr).toContain("--destination-type is required, 'sqs'");
      expect(without.code).toBe(EXIT.usage);
      expect(typed.stdout).toMatch(/type: sqs/i);
      expect(typed.code).toBe(EXIT.ok);
    },
  );

  test('serverless has the events of each function', async () => {
    expect(load((await run({ dynamodb }, { flags: ['--format', 'serverless'] })).stdout)).toMatchObject({
      functions: {
        'on-order': { events: [{ stream: { arn: STREAM, destinations: { onFailure: { arn: QUEUE } } } }] },
        other: { events: [{ stream: { batchSize: 100 } }] },
      },
    });
  });

  test('terraform has a resource for each, under a name that it takes', async () => {
    expect(JSON.parse((await run({ dynamodb }, { flags: ['--format', 'terraform'] })).stdout)).toMatchObject({
      resource: {
        aws_lambda_event_source_mapping: {
          on_order: { function_name: 'on-order' },
          _2nd: { function_name: 'other' },
        },
      },
    });
  });

  test('cdk has a resource for each', async () => {
    const { stdout } = await run(
      { dynamodb: { orders: { ...ORDERS, on_failure: QUEUE, lambda: { 'Fn::ImportValue': 'F' } } } },
      { flags: ['--format', 'cdk'] },
    );

    expect(stdout.trimEnd().split('\n')).toEqual([
      "import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';",
      "import { Token } from 'aws-cdk-lib';",
      '',
      "new CfnEventSourceMapping(this, 'Orders', {",
      "  functionName: Token.asString({ 'Fn::ImportValue': 'F' }),",
      `  eventSourceArn: '${STREAM}',`,
      '  maximumRecordAgeInSeconds: 43200,',
      '  bisectBatchOnFunctionError: true,',
      "  startingPosition: 'TRIM_HORIZON',",
      `  destinationConfig: { onFailure: { destination: '${QUEUE}' } },`,
      "  functionResponseTypes: ['ReportBatchItemFailures'],",
      '});',
    ]);
  });

  test('cdk needs no token without a reference', async () => {
    const { stdout } = await run({ dynamodb: { orders: ORDERS } }, { flags: ['--format', 'cdk'] });

    expect(stdout).toMatch(/^import \{ CfnEventSourceMapping \} from 'aws-cdk-lib\/aws-lambda';\n\nnew /);
  });

  test('json has each by its name', async () => {
    expect(JSON.parse((await run({ dynamodb }, { flags: ['--format', 'json'] })).stdout)).toMatchObject({
      'on-order': {
        functionName: 'on-order',
        streamArn: STREAM,
        options: { startingPosition: 'TRIM_HORIZON' },
      },
      '2nd': { functionName: 'other' },
    });
  });

  test('--explain says that there are no routes', async () => {
    const { stderr } = await run({ dynamodb }, { flags: ['--explain'] });

    expect(stderr).toContain('on-order: no filter is derived from routes.\n');
  });
});

describe('a field that is wrong is named with its value and its rule', () => {
  const reference = "text, or a reference such as { Ref: 'Name' }";
  const lambda = `the name of a function (letters, digits, - and _), its ARN, or a reference such as { Ref: 'Name' }`;
  const arn = 'the ARN of an SQS queue, an SNS topic or an S3 bucket';

  test.each([
    ['lambda', undefined, `has to be ${lambda}, got undefined.`],
    ['lambda', 5, `has to be ${lambda}, got 5.`],
    ['lambda', 'app.on_invoice', `has to be ${lambda}, got "app.on_invoice".`],
    ['lambda', QUEUE, `has to be ${lambda}, got "${QUEUE}".`],
    ['lambda', {}, `has to be ${lambda}, got an object.`],
    ['stream', undefined, 'has to be the ARN of a stream'],
    ['stream', 'arn:aws:dynamodb:eu-central-1:123456789012:table/App', 'has to be the ARN of a stream'],
    ['starting_position', undefined, 'has to be one of TRIM_HORIZON, LATEST, got undefined.'],
    ['starting_position', 'AT_TIMESTAMP', 'has to be one of TRIM_HORIZON, LATEST, got "AT_TIMESTAMP".'],
    ['batch_size', 0, 'has to be a whole number from 1 to 10000, got 0.'],
    ['batch_size', 10_001, 'has to be a whole number from 1 to 10000, got 10001.'],
    ['batch_size', '100', 'has to be a whole number from 1 to 10000, got "100".'],
    ['enabled', 'yes', 'has to be true or false, got "yes".'],
    ['bisect', 1, 'has to be true or false, got 1.'],
    ['retries', -2, 'has to be a whole number from -1 to 10000, got -2.'],
    ['record_age', 59, 'has to be a whole number, -1 or from 60 to 604800, got 59.'],
    ['window', 301, 'has to be a whole number from 0 to 300, got 301.'],
    ['parallelization', 11, 'has to be a whole number from 1 to 10, got 11.'],
    ['partial_responses', null, 'has to be true or false, got null.'],
    ['on_failure', [], `has to be ${reference}, got an array.`],
    ['on_failure', 'failures', `has to be ${arn}, got "failures".`],
    ['on_failure', `${QUEUE}.fifo`, 'has to be a standard queue or topic, got a FIFO one: failures.fifo.'],
    ['batchSize', 5, 'is not a field. Known fields: lambda, stream, starting_position, batch_size, enabled,'],
  ])('%s: %j', async (field, value, problem) => {
    const { code, stdout, stderr } = await run({ dynamodb: { orders: { ...ORDERS, [field]: value } } });

    expect(stderr).toContain(`FILE: dynamodb.orders.${field} ${problem}`);
    expect(stdout).toBe('');
    expect(code).toBe(EXIT.usage);
  });
});

test.each([
  'on-order',
  'on-order:live',
  '123456789012:function:on-order',
  'arn:aws:lambda:eu-central-1:123456789012:function:on-order',
])('lambda may be %s', async (lambda) => {
  const { stdout } = await run({ dynamodb: { orders: { ...ORDERS, lambda } } });

  expect(load(stdout)).toHaveProperty('Resources.Orders.Properties.FunctionName', lambda);
});

test.each([-1, 60, 604_800])('record_age may be %d', async (record_age) => {
  const { stdout } = await run({ dynamodb: { orders: { ...ORDERS, record_age } } });

  expect(load(stdout)).toHaveProperty('Resources.Orders.Properties.MaximumRecordAgeInSeconds', record_age);
});

describe('a file that declares no mapping is refused', () => {
  test.each([
    ['[]', 'json', 'FILE: the file has to be an object, got an array.'],
    ['{}', 'json', 'FILE: dynamodb has to be an object, got undefined.'],
    ['{"dynamodb":[]}', 'json', 'FILE: dynamodb has to be an object, got an array.'],
    ['{"dynamodb":{}}', 'json', 'FILE: dynamodb declares no mapping. Add one by its name.'],
    ['{"dynamodb":{"orders":5}}', 'json', 'FILE: dynamodb.orders has to be an object, got 5.'],
    ['{"kinesis":{}}', 'json', 'FILE: kinesis is not a section. Known sections: dynamodb.'],
    ['{', 'json', 'FILE is not JSON: '],
    ['dynamodb: {', 'yaml', 'FILE is not YAML: '],
    ['dynamodb:\n  a: 1\n  a: 2', 'yaml', 'FILE is not YAML: duplicated mapping key'],
    ['dynamodb: !foo Orders', 'yaml', 'FILE is not YAML: unknown scalar tag'],
    ['dynamodb: !Ref Orders', 'yaml', 'FILE has the tag !Ref, which is not read. Write { Ref: X }.'],
    [
      'a: !GetAtt Orders.Arn',
      'yaml',
      'has the tag !GetAtt, which is not read. Write { Fn::GetAtt: [X, Arn] }.',
    ],
    [
      'a: !GetAtt [Orders, Arn]',
      'yml',
      'has the tag !GetAtt, which is not read. Write { Fn::GetAtt: [X, Arn] }.',
    ],
    ['a: !Sub { b: c }', 'yaml', 'has the tag !Sub, which is not read. Write { Fn::Sub: ... }.'],
  ])('%s', async (content, type, message) => {
    const { code, stderr } = await run(content, { type });

    expect(stderr).toContain(message);
    expect(code).toBe(EXIT.usage);
  });

  test('there is none', async () => {
    expect((await inProcess(['mapping', 'missing.yaml']).ended()).stderr).toContain(
      'There is no file missing.yaml.',
    );
  });
});

test('two names that a format writes alike are refused', async () => {
  const { stderr } = await run({ dynamodb: { 'on-order': ORDERS, OnOrder: ORDERS } });

  expect(stderr).toContain(
    'The mappings on-order and OnOrder would both be called OnOrder. Rename one of them.',
  );
});

test.each([
  ['--batch-size', '5'],
  ['--function', 'on-order'],
  ['--name', 'Orders'],
])('%s is refused beside a file', async (flag, value) => {
  const { code, stderr } = await run({ dynamodb: { orders: ORDERS } }, { flags: [flag, value] });

  expect(stderr).toContain(`${flag} is for a router: FILE declares mappings itself. Leave the flag out.`);
  expect(code).toBe(EXIT.usage);
});

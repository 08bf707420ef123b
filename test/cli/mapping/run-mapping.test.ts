import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { load } from '../../../src/cli/third-party/js-yaml.ts';
import { QUEUE, STREAM, TOPIC } from '../../mapping/formats/mappings.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

let directory: string;

/** Not the source: Node would load it beside Vitest, with other offsets, and coverage knows a file by its address alone. */
const DIST = new URL('../../../dist', import.meta.url).href;

/** A module of a user, with routes of each kind of condition. */
const MODULE = `
import { all, any, changed, defineTable, eventPattern, env, exists, expired, itemOf, matches, not, oneOf, ownWrite, prefix, streamRouter } from '${DIST}/index.js';
import { eventSourceMapping } from '${DIST}/mapping/index.js';
console.log('the module is loaded');
const nothing = () => {};
env('PAYMENTS_TOPIC_ARN');
export const handler = streamRouter().onInsert(nothing);
export const mapped = eventSourceMapping(streamRouter().onRemove(expired, nothing), {
  startingPosition: 'LATEST',
  destinationConfig: { onFailure: { destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
});
export const tagged = eventSourceMapping(streamRouter().onInsert(nothing), { startingPosition: 'LATEST', tags: { a: 'b' } });
export const conditions = streamRouter()
  .onInsert(matches({ newImage: { status: oneOf('OPEN', prefix('PA')), size: 5n, tags: new Set(['a']) } }), nothing)
  .onModify(all(changed('status', { from: 'OPEN', to: exists() }), not(changed(['a', 'b']))), nothing)
  .onModify(any(() => true, matches({ keys: { pk: 'a' }, oldImage: { sk: 'b' } })), nothing)
  .onRemove(expired, nothing)
  .onRemove(eventPattern({ eventName: ['REMOVE'] }), nothing)
  .onRemove(eventPattern('{"eventName":["REMOVE"]}'), nothing);
export const several = streamRouter()
  .onModify(any(matches({ keys: { pk: 'a' } }), matches({ keys: { sk: 'b' } })), nothing)
  .onModify(not(ownWrite('derivedFrom', { writes: ['text'] })), nothing);
export const narrow = streamRouter().onInsert(matches({ newImage: { pk: prefix('A#') } }), nothing);
export const never = streamRouter().onInsert(all(matches({ keys: { pk: 'a' } }), matches({ keys: { pk: 'b' } })), nothing);
export const wide = streamRouter().use(async (_record, _context, next) => next()).onInsert(nothing);
const app = defineTable({ name: 'App', keys: ['pk'], entities: { order: { item: itemOf(), match: { pk: prefix('ORDER#') } } } });
export const single = streamRouter(app).entity('order', (orders) => orders.onInsert(nothing));
export const wrapped = async () => {};
export default streamRouter().onInsert(nothing);
`;

beforeAll(() => {
  // Below node_modules, so that Node loads the modules and Vitest does not.
  directory = join(mkdtempSync(join(tmpdir(), 'streamlane-mapping-')), 'node_modules');
  mkdirSync(directory);
  file('app.mjs', MODULE);
});

afterAll(() => rmSync(join(directory, '..'), { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const app = (name: string): string => `${join(directory, 'app.mjs')}#${name}`;

async function run(
  source: string,
  ...flags: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await inProcess(['mapping', source, ...flags]).ended();
  return { code: code as number, stdout, stderr };
}

const LATEST = ['--starting-position', 'LATEST'];
const TARGET = ['--function', 'on-change', '--stream', STREAM];
const INSERTS = { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] };

describe('the mapping of a router', () => {
  test('is a resource of CloudFormation, in YAML', async () => {
    const { code, stdout, stderr } = await run(app('handler'), ...LATEST, ...TARGET, '--batch-size', '500');

    expect(load(stdout)).toEqual({
      Resources: {
        Stream: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: 'on-change',
            EventSourceArn: STREAM,
            StartingPosition: 'LATEST',
            BatchSize: 500,
            BisectBatchOnFunctionError: true,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            FilterCriteria: INSERTS,
          },
        },
      },
    });
    expect(stderr).toBe(
      'warning: Records that the mapping discards are not recorded anywhere. Set destinationConfig.onFailure.destination, ' +
        'here --destination-config, to a queue, a topic or a bucket. (NO_DESTINATION)\n',
    );
    expect(code).toBe(EXIT.ok);
  });

  test('has parameters in the places of a function and a stream that are not named', async () => {
    const { stdout } = await run(app('handler'), ...LATEST, '--name', 'on-change');

    expect(load(stdout)).toMatchObject({
      Parameters: { FunctionName: { Type: 'String' }, StreamArn: { Type: 'String' } },
      Resources: {
        OnChange: {
          Properties: { FunctionName: { Ref: 'FunctionName' }, EventSourceArn: { Ref: 'StreamArn' } },
        },
      },
    });
  });

  test.each([
    [['--function', 'f'], { StreamArn: { Type: 'String' } }],
    [['--stream', STREAM], { FunctionName: { Type: 'String' } }],
    [['--format', 'sam', '--function', 'f'], { StreamArn: { Type: 'String' } }],
    [['--format', 'sam', '--function', 'f', '--stream', STREAM], undefined],
    [TARGET, undefined],
  ])('declares the parameters that it refers to, with %j', async (flags, parameters) => {
    const { stdout } = await run(app('handler'), ...LATEST, ...flags);

    expect((load(stdout) as { Parameters?: unknown }).Parameters).toEqual(parameters);
  });

  test('has references where a flag is an object or text that the template completes', async () => {
    const flags = [
      '--function',
      '{"Ref":"OnChange"}',
      '--stream',
      '${App.StreamArn}',
      '--destination-config',
      '${Failures.Arn}',
    ];
    const { stdout, stderr } = await run(app('handler'), ...LATEST, ...flags);

    expect(load(stdout)).toMatchObject({
      Resources: {
        Stream: {
          Properties: {
            FunctionName: { Ref: 'OnChange' },
            EventSourceArn: { 'Fn::Sub': '${App.StreamArn}' },
            DestinationConfig: { OnFailure: { Destination: { 'Fn::Sub': '${Failures.Arn}' } } },
            MaximumRecordAgeInSeconds: 43_200,
          },
        },
      },
    });
    expect(stderr).toBe('');
  });

  test.each([
    [{ Ref: 'Topic' }, { Ref: 'Topic' }],
    [{ 'Fn::GetAtt': ['Discarded', 'Arn'] }, { 'Fn::GetAtt': ['Discarded', 'Arn'] }],
    [{ OnFailure: { Destination: { Ref: 'Topic' } } }, { Ref: 'Topic' }],
    [{ onFailure: { destination: QUEUE } }, QUEUE],
  ])('has the destination that --destination-config is or has: %j', async (given, Destination) => {
    const { stdout } = await run(app('handler'), ...LATEST, '--destination-config', JSON.stringify(given));

    expect(load(stdout)).toHaveProperty('Resources.Stream.Properties.DestinationConfig', {
      OnFailure: { Destination },
    });
  });

  test('is an event of SAM, by its function where that has a name', async () => {
    const event = {
      Type: 'DynamoDB',
      Properties: {
        Stream: STREAM,
        StartingPosition: 'LATEST',
        BisectBatchOnFunctionError: false,
        Enabled: false,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Type: 'SQS', Destination: QUEUE } },
        MaximumRecordAgeInSeconds: 43_200,
      },
    };
    const flags = ['--format', 'sam', ...LATEST, '--stream', STREAM, '--destination-config', QUEUE];
    const switches = ['--no-bisect-batch-on-function-error', '--no-enabled', '--no-filters'];

    expect(load((await run(app('handler'), ...flags, ...switches)).stdout)).toEqual({
      Events: { Stream: event },
    });
    expect(
      load((await run(app('handler'), ...flags, ...switches, '--function', '{"Ref":"OnChange"}')).stdout),
    ).toEqual({
      Resources: { OnChange: { Properties: { Events: { Stream: event } } } },
    });
    for (const reference of ['{"Fn::GetAtt":["F","Arn"]}', '${OnChange.Arn}']) {
      const { stdout } = await run(app('handler'), ...flags, '--function', reference);
      expect(load(stdout)).toHaveProperty('Events');
    }
  });

  test('is a configuration of Terraform, in JSON', async () => {
    const { stdout } = await run(app('handler'), '--format', 'terraform', ...LATEST);

    expect(JSON.parse(stdout)).toEqual({
      resource: {
        aws_lambda_event_source_mapping: {
          Stream: {
            function_name: '${var.function_name}',
            event_source_arn: '${var.stream_arn}',
            starting_position: 'LATEST',
            bisect_batch_on_function_error: true,
            function_response_types: ['ReportBatchItemFailures'],
            filter_criteria: { filter: [{ pattern: '{"eventName":["INSERT"]}' }] },
          },
        },
      },
    });
  });

  test('is an event of the Serverless Framework', async () => {
    const flags = [
      '--format',
      'serverless',
      ...LATEST,
      '--destination-config',
      '{"onFailure":{"destination":{"Ref":"T"}}}',
    ];
    const bare = await run(app('handler'), ...flags, '--destination-type', 'sns');
    const named = await run(app('handler'), ...flags, '--destination-type', 'sns', '--function', 'onChange');

    const event = {
      stream: {
        type: 'dynamodb',
        arn: '${param:streamArn}',
        batchSize: 100,
        startingPosition: 'LATEST',
        bisectBatchOnFunctionError: true,
        maximumRecordAgeInSeconds: 43_200,
        functionResponseType: 'ReportBatchItemFailures',
        filterPatterns: [{ eventName: ['INSERT'] }],
        destinations: { onFailure: { arn: { Ref: 'T' }, type: 'sns' } },
      },
    };
    expect(load(bare.stdout)).toEqual({ events: [event] });
    expect(load(named.stdout)).toEqual({ functions: { onChange: { events: [event] } } });
  });

  test.each(['EventCount', '{"Metrics":["EventCount"]}'])(
    'publishes the counts of events with --metrics-config %s',
    async (text) => {
      const flags = [...LATEST, '--metrics-config', text];
      const cloudFormation = await run(app('handler'), ...flags);
      const sam = await run(app('handler'), '--format', 'sam', ...flags);
      const terraform = await run(app('handler'), '--format', 'terraform', ...flags);
      const cdk = await run(app('handler'), '--format', 'cdk', ...flags);
      const serverless = await run(app('handler'), '--format', 'serverless', ...flags);

      const MetricsConfig = { Metrics: ['EventCount'] };
      expect(load(cloudFormation.stdout)).toMatchObject({
        Resources: { Stream: { Properties: { MetricsConfig } } },
      });
      expect(load(sam.stdout)).toMatchObject({ Events: { Stream: { Properties: { MetricsConfig } } } });
      expect(JSON.parse(terraform.stdout)).toMatchObject({
        resource: {
          aws_lambda_event_source_mapping: { Stream: { metrics_config: { metrics: ['EventCount'] } } },
        },
      });
      expect(cdk.stdout).toMatch(/metricsConfig: \{ [Mm]etrics: \['EventCount'\] \}/);
      expect(serverless).toMatchObject({
        code: EXIT.usage,
        stderr: expect.stringContaining('resources.extensions of serverless.yml'),
      });
    },
  );

  test('refuses a metric that a DynamoDB stream does not have', async () => {
    const { code, stderr } = await run(app('handler'), ...LATEST, '--metrics-config', 'ErrorCount');

    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(
      /metrics has to be \[\] or \['EventCount'\], the only metric of a DynamoDB stream/,
    );
  });

  test('is data, with its warnings and variables', async () => {
    const { stdout } = await run(app('handler'), '--format', 'json', ...LATEST);

    expect(JSON.parse(stdout)).toEqual({
      Stream: {
        properties: expect.objectContaining({ FilterCriteria: INSERTS }),
        options: expect.objectContaining({ startingPosition: 'LATEST', bisectBatchOnFunctionError: true }),
        warnings: [expect.objectContaining({ code: 'NO_DESTINATION' })],
        environment: expect.any(Array),
        routes: [{ eventName: 'INSERT', patterns: [{ eventName: ['INSERT'] }] }],
      },
    });
  });

  test.each([
    [
      'handler',
      [],
      [
        "import { StreamEventSource } from 'streamlane/cdk';",
        "import { handler } from '/app.mjs';",
        '',
        'fn.addEventSource(',
        '  new StreamEventSource(table, {',
        '    router: handler,',
        "    startingPosition: 'LATEST',",
        '  }),',
        ');',
      ],
    ],
    [
      'default',
      [
        '--stream',
        STREAM,
        '--destination-config',
        TOPIC,
        '--filter-criteria',
        `{"eventName":["it's"]}`,
        '--no-filters',
      ],
      [
        "import handler from '/app.mjs';",
        "import { StreamEventSource } from 'streamlane/cdk';",
        "import { Topic } from 'aws-cdk-lib/aws-sns';",
        '',
        'fn.addEventSource(',
        `  new StreamEventSource('${STREAM}', {`,
        '    router: handler,',
        "    startingPosition: 'LATEST',",
        "    filterCriteria: { filters: [{ pattern: { eventName: ['it\\'s'] } }] },",
        '    filters: false,',
        `    onFailure: Topic.fromTopicArn(this, 'Failures', '${TOPIC}'),`,
        '  }),',
        ');',
      ],
    ],
  ])('is code of the CDK: %s', async (name, flags, lines) => {
    const { stdout } = await run(app(name), '--format', 'cdk', ...LATEST, ...flags);

    expect(stdout.replace(directory, '').trimEnd().split('\n')).toEqual(lines);
  });
});

test('code of the CDK imports a module from the working directory', async () => {
  const { stdout } = await run('test/cli/handlers.ts#router', '--format', 'cdk', ...LATEST);

  expect(stdout).toContain("import { router } from './test/cli/handlers.ts';\n");
});

test('what eventSourceMapping returned is a resource of the CDK', async () => {
  const { stdout } = await run(app('mapped'), '--format', 'cdk', ...TARGET);

  expect(stdout).toContain("import { Token } from 'aws-cdk-lib';\n");
  expect(stdout).toContain("  functionName: 'on-change',\n");
  expect(stdout).toContain(
    "  destinationConfig: { onFailure: { destination: Token.asString({ 'Fn::GetAtt': ['Failures', 'Arn'] }) } },\n",
  );
});

test('what eventSourceMapping returned is printed unchanged', async () => {
  const { stdout, code } = await run(app('mapped'), '--function', 'on-change', '--stream', STREAM);

  expect(load(stdout)).toMatchObject({
    Resources: {
      Stream: {
        Properties: {
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
          FunctionName: 'on-change',
        },
      },
    },
  });
  expect(code).toBe(EXIT.ok);
});

describe('--explain says what became of each route', () => {
  const explained = async (name: string, ...flags: readonly string[]): Promise<readonly string[]> => {
    const { stderr } = await run(app(name), '--explain', ...flags);
    return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('warning'));
  };

  test('with its condition in words', async () => {
    const lines = await explained('conditions', ...LATEST);

    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      'onInsert, newImage.status is oneOf("OPEN", prefix("PA")) and newImage.size is "5" and newImage.tags is ["a"]:',
      'onModify, all of (status changed from "OPEN" to exists(); not (a or b changed)):',
      'onModify, any of (your own code; oldImage.sk is "b" and keys.pk is "a"):',
      'onRemove, deleted by TTL:',
      'onRemove, the event pattern {"eventName":["REMOVE"]}:',
      'onRemove, the event pattern {"eventName":["REMOVE"]}:',
      'records that the router refuses, so that the failure is visible:',
    ]);
    expect(lines).toContain('  gets {"eventName":["MODIFY"]}');
  });

  test('with its entity', async () => {
    const [route, pattern] = await explained('single', ...LATEST);

    expect(route).toBe('onInsert of order, every record:');
    expect(pattern).toMatch(/^ {2}gets \{"eventName":\["INSERT"\],"dynamodb":.*ORDER#/);
  });

  test('with a line for each pattern of it', async () => {
    expect(await explained('several', ...LATEST)).toEqual([
      'onModify, any of (keys.pk is "a"; keys.sk is "b"):',
      expect.stringMatching(/^ {2}gets .*"pk"/),
      expect.stringMatching(/^ {2}and {2}.*"sk"/),
      'onModify, not (a write of its own, by derivedFrom):',
      '  gets {"eventName":["MODIFY"]}',
    ]);
  });

  test('with what else the filters let through', async () => {
    const lines = await explained('narrow', ...LATEST);

    expect(lines.slice(-2)).toEqual([
      'records that the router refuses, so that the failure is visible:',
      expect.stringMatching(/^ {2}gets \{"dynamodb":\{"StreamViewType":/),
    ]);
  });

  test.each([
    ['wide', LATEST, ['onInsert, every record:', '  there are no filters, and every record passes']],
    ['never', LATEST, [expect.stringMatching(/^onInsert, all of /), '  no record can meet its conditions']],
    ['mapped', [], ['onRemove:', expect.stringMatching(/^ {2}gets /)]],
    [
      'handler',
      [...LATEST, '--no-filters'],
      ['onInsert, every record:', '  there are no filters, and every record passes'],
    ],
    [
      'handler',
      [...LATEST, '--filter-criteria', '{"dynamodb":{"StreamViewType":["NEW_IMAGE"]}}'],
      ['onInsert, every record:', '  the filters are your own: no filter is derived from the route'],
    ],
  ])('of %s', async (name, flags, lines) => {
    expect(await explained(name, ...flags)).toEqual(lines);
  });
});

describe('it refuses', () => {
  test.each([
    [
      'handler',
      ['--format', 'pulumi', ...LATEST],
      /--format has to be cloudformation, .* or json, got pulumi\./,
    ],
    ['handler', [], /^error: --starting-position is needed: TRIM_HORIZON or LATEST\.\n$/m],
    [
      'handler',
      [...LATEST, '--batch-size', '0'],
      /--batch-size has to be a whole number from 1 to 10000, got 0\./,
    ],
    ['handler', [...LATEST, '--stream', 'App'], /--stream has to be the ARN of a stream .*, got "App"\./],
    ['handler', [...LATEST, '--function', '{'], /--function is not JSON: /],
    [
      'handler',
      [...LATEST, '--function', '{}'],
      /--function has to be the name of a function \(.*\), its ARN, or a reference/,
    ],
    [
      'handler',
      [...LATEST, '--function', 'app.on_invoice'],
      /--function has to be .*, got "app\.on_invoice"\./,
    ],
    [
      'handler',
      [...LATEST, '--format', 'sam', '--destination-type', 'x'],
      /--destination-type has to be one of sns, sqs, s3/,
    ],
    [
      'handler',
      [...LATEST, '--format', 'sam', '--destination-config', '{"Ref":"Failures"}'],
      /--destination-type is required, 'sqs', 'sns' or 's3': /,
    ],
    [
      'handler',
      [...LATEST, '--destination-config', '{"Ref":"Failures","Fn::Sub":"a"}'],
      /--destination-config\.\S+ is not an option/,
    ],
    ['handler', [...LATEST, '--name', '?'], /The name "\?" has neither letters nor digits\./],
    [
      'handler',
      [...LATEST, '--format', 'cdk', '--destination-config', '${a}'],
      /--destination-config has to be an ARN for cdk/,
    ],
    [
      'handler',
      [
        ...LATEST,
        '--format',
        'cdk',
        '--destination-config',
        '{"onFailure":{"destination":{"Ref":"Failures"}}}',
      ],
      /--destination-config has to be an ARN for cdk/,
    ],
    [
      'tagged',
      ['--format', 'serverless'],
      /the mapping has tags, and an event of the Serverless Framework has no such name/,
    ],
    ['mapped', ['--format', 'cdk'], /#mapped is a mapping, but the CDK needs its router/],
    [
      'mapped',
      ['--batch-size', '5'],
      /--batch-size is for a router: .*#mapped is a mapping, which has its own options\. Leave the flag out\./,
    ],
    ['wrapped', LATEST, /the first argument has to be a router or a window/],
    [
      'missing',
      LATEST,
      /has no export missing\. It exports conditions, default, handler, mapped, narrow, never, several, single, tagged, wide: use /,
    ],
  ])('%s with %j', async (name, flags, message) => {
    const { code, stdout, stderr } = await run(app(name), ...flags);

    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(EXIT.usage);
  });
});

test.each(['mappings.txt', './mappings', 'mappings.yaml#orders', './mappings.json#x', 'MAPPINGS.YAML', '-'])(
  'a source that is neither a module nor declarations is refused: %s',
  async (source) => {
    const { code, stderr } = await run(source, ...LATEST);

    expect(stderr).toBe(
      `error: ${source} is neither a module nor declarations. Name a module and its export, such as src/handler.ts#handler, ` +
        'or a file that declares mappings, whose name ends in .yaml, .yml or .json.\n',
    );
    expect(code).toBe(EXIT.usage);
  },
);

test('a warning about a mapping that was made elsewhere names the option alone: no flag changes it', async () => {
  const { stderr } = await run(app('tagged'), '--function', 'on-change', '--stream', STREAM);
  expect(stderr).toContain(' Set destinationConfig.onFailure.destination to a queue, a topic or a bucket. (');
});

test('as a process, it prints the template on stdout and nothing else there', async () => {
  const path = file(
    'orders.json',
    JSON.stringify({ dynamodb: { orders: { lambda: 'f', stream: STREAM, starting_position: 'LATEST' } } }),
  );
  const { code, stdout, stderr } = await spawned(['mapping', path]).ended();

  expect(load(stdout)).toHaveProperty('Resources.Orders.Properties.FunctionName', 'f');
  expect(stderr).toMatch(/^warning: .*\(NO_DESTINATION\)\n$/);
  expect(code).toBe(EXIT.ok);
});

test('as a process, it reads the module of a user, whose own output goes to stderr', async () => {
  const { code, stdout, stderr } = await spawned([
    'mapping',
    app('handler'),
    ...LATEST,
    '--format',
    'terraform',
  ]).ended();

  expect(JSON.parse(stdout)).toHaveProperty(
    'resource.aws_lambda_event_source_mapping.Stream.starting_position',
    'LATEST',
  );
  expect(stderr).toMatch(/^the module is loaded\nwarning: /);
  expect(code).toBe(EXIT.ok);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mapping } from '../../examples/deploy-terraform/mapping.ts';
import type { Arguments, ResourceSchema } from '../../scripts/terraform-schema.ts';
import { env } from '../../src/index.ts';
import { destinationPolicy, sinkPolicy, streamPolicy, toTerraform } from '../../src/mapping/index.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { copyExample, packagesOf, readExample } from './project-copy.ts';
import { type Block, blocksOf, referencesIn } from './terraform-files.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('terraform-schema.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, ResourceSchema>>;

/** Arguments that Terraform adds to every resource. */
const META = ['depends_on', 'count', 'for_each', 'provider'];

const MAIN = readExample('deploy-terraform/main.tf');
const MAPPING = readExample('deploy-terraform/mapping.tf.json');

/** Lists the problems of the files, as far as names show them. */
function problemsOf(main: string, json: string): readonly string[] {
  const blocks = blocksOf(main);
  const mappings = JSON.parse(json).resource.aws_lambda_event_source_mapping as Record<string, object>;
  const declared = new Set([
    ...blocks.map(({ type, labels }) => [...(type === 'data' ? ['data'] : []), ...labels].join('.')),
    ...Object.keys(mappings).map((name) => `aws_lambda_event_source_mapping.${name}`),
  ]);
  const references = referencesIn(main + json).flatMap(({ target, attribute }) => {
    if (!declared.has(target)) return [`${target} is not declared`];
    const [type = ''] = target.split('.');
    const known = attribute === undefined || type === 'data' || SCHEMA[type]?.attributes.includes(attribute);
    return known ? [] : [`${type} has no attribute ${attribute}`];
  });
  return [
    ...references,
    ...blocks.filter(({ type }) => type === 'resource').flatMap((block) => inBlock(block)),
    ...Object.values(mappings).flatMap((resource) =>
      inObject(
        'aws_lambda_event_source_mapping',
        SCHEMA.aws_lambda_event_source_mapping?.arguments,
        resource,
      ),
    ),
  ];
}

function inBlock(block: Block, own = SCHEMA[block.labels[0] ?? '']?.arguments): readonly string[] {
  const place = block.labels[0] ?? block.type;
  const given = [...Object.keys(block.arguments), ...block.blocks.map(({ type }) => type)];
  return [
    ...names(
      place,
      own,
      given.filter((name) => !META.includes(name)),
    ),
    ...block.blocks.flatMap((inner) => inBlock(inner, own?.[inner.type]?.block)),
  ];
}

function inObject(place: string, own: Arguments | undefined, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((member) => inObject(place, own, member));
  const members = Object.entries(value as object);
  return [
    ...names(
      place,
      own,
      members.map(([name]) => name),
    ),
    ...members.flatMap(([name, member]) => {
      const block = own?.[name]?.block;
      return block === undefined ? [] : inObject(name, block, member);
    }),
  ];
}

function names(place: string, own: Arguments | undefined, given: readonly string[]): readonly string[] {
  const required = Object.entries(own ?? {}).filter(([, argument]) => argument.required);
  return [
    ...given.filter((name) => own?.[name] === undefined).map((name) => `${place} has no argument ${name}`),
    ...required.filter(([name]) => !given.includes(name)).map(([name]) => `${place} needs ${name}`),
  ];
}

function resource(type: string, name: string): Readonly<Record<string, string>> {
  const found = blocksOf(MAIN).find(({ labels }) => labels[0] === type && labels[1] === name);
  return found?.arguments ?? {};
}

test.each(['run', 'runFromExamples'] as const)('npm run writes mapping.tf.json: %s', async (run) => {
  const copy = copyExample('deploy-terraform');
  copy.write('mapping.tf.json', '');

  await copy[run]('mapping');

  expect(copy.read('mapping.tf.json')).toBe(MAPPING);
  expect(JSON.parse(MAPPING)).toEqual(
    toTerraform(mapping, {
      name: 'on_invoice',
      functionName: '${aws_lambda_function.on_invoice.arn}',
      streamArn: '${aws_dynamodb_table.invoices.stream_arn}',
    }),
  );
});

test('npm run build makes the code that main.tf takes, with the handler that it names', async () => {
  const copy = copyExample('deploy-terraform');

  await copy.run('build');

  expect(blocksOf(MAIN).find(({ type }) => type === 'data')?.arguments.source_file).toBe(
    '"${path.module}/dist/handler.mjs"',
  );
  expect(resource('aws_lambda_function', 'on_invoice').handler).toBe('"handler.handler"');
  expect(await copy.load('dist/handler.mjs')).toEqual({ handler: expect.any(Function) });
});

test('the files have no argument and no reference that the provider does not know, and all that it requires', () => {
  expect(problemsOf(MAIN, MAPPING)).toEqual([]);
});

test('the role has only the permissions for the stream, the topic and the queue', () => {
  const { policy = '' } = resource('aws_iam_role_policy', 'on_invoice');
  const statements = [...policy.matchAll(/Action\s+= (\[.*?\])\s+Resource = (\S+)/g)].map(
    ([, actions = '', target]) => ({ Action: JSON.parse(actions), Resource: target?.replaceAll('"', '') }),
  );

  const topic = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });
  const needed = [
    ...streamPolicy('${aws_dynamodb_table.invoices.stream_arn}'),
    ...sinkPolicy(topic, { resource: '${aws_sns_topic.payments.arn}' }),
    ...destinationPolicy('${aws_sqs_queue.discarded.arn}', { type: 'sqs' }),
  ];
  expect(statements).toEqual(
    needed.map(({ Action, Resource }) => ({ Action, Resource: `${Resource}`.replace(/^\$\{(.*)\}$/, '$1') })),
  );
});

test('package.json asks for the packages that the tests run with', () => {
  const { asked, installed } = packagesOf('deploy-terraform');
  expect(asked).toEqual(installed);
});

test('the function has the variables of env()', () => {
  const [block] = blocksOf(MAIN).filter(({ labels }) => labels[0] === 'aws_lambda_function');
  const [environment] = block?.blocks ?? [];
  const variables = [...`${environment?.arguments.variables}`.matchAll(/(\w+) =/g)].map(([, name]) => name);

  expect(variables).toEqual(mapping.environment);
});

test('discarded records are kept for 14 days, and the alarms tell the topic of operations', () => {
  expect(resource('aws_sqs_queue', 'discarded').message_retention_seconds).toBe(`${14 * 24 * 60 * 60}`);
  for (const [name, metric] of [
    ['late', 'IteratorAge'],
    ['discarded', 'ApproximateNumberOfMessagesVisible'],
    ['dropped', 'DroppedEventCount'],
  ] as const) {
    expect(resource('aws_cloudwatch_metric_alarm', name)).toMatchObject({
      metric_name: `"${metric}"`,
      alarm_actions: '[aws_sns_topic.operations.arn]',
    });
  }
});

test('the alarm on dropped records is on the metric that the mapping publishes', () => {
  expect(resource('aws_cloudwatch_metric_alarm', 'dropped').dimensions).toBe(
    '{ EventSourceMappingUUID = aws_lambda_event_source_mapping.on_invoice.uuid }',
  );
  expect(JSON.parse(MAPPING).resource.aws_lambda_event_source_mapping.on_invoice.metrics_config).toEqual({
    metrics: ['EventCount'],
  });
});

test('deploy-sam and deploy-terraform deploy the same function', () => {
  const code = (example: string): string => readExample(`${example}/handler.ts`).replace(/^\/\*\*.*$/m, '');
  expect(code('deploy-terraform')).toBe(code('deploy-sam'));
  expect(MAPPING).toContain('{\\"eventName\\":[\\"INSERT\\"]}');
});

describe('the check of the files notices', () => {
  test.each([
    [
      'an argument that does not exist',
      'hash_key ',
      'hash_keys',
      'aws_dynamodb_table has no argument hash_keys',
    ],
    ['an argument of a block', 'type = "S"', 'kind = "S"', 'attribute has no argument kind'],
    [
      'a block that is missing',
      '  environment {',
      '  surroundings {',
      'aws_lambda_function has no argument surroundings',
    ],
    [
      'a resource that is not declared',
      '= aws_sqs_queue.discarded.name',
      '= aws_sqs_queue.gone.name',
      'aws_sqs_queue.gone is not declared',
    ],
    [
      'an attribute that does not exist',
      'invoices.stream_arn',
      'invoices.streams',
      'aws_dynamodb_table has no attribute streams',
    ],
    [
      'a required argument that is missing',
      '  role             = aws_iam_role.on_invoice.arn\n',
      '',
      'aws_lambda_function needs role',
    ],
  ])('%s', (_, from, to, problem) => {
    expect(MAIN).toContain(from);
    expect(problemsOf(MAIN.replace(from, to), MAPPING)).toContain(problem);
  });

  test.each([
    ['batch_size', 'batch_sizes', 'aws_lambda_event_source_mapping has no argument batch_sizes'],
    ['destination_arn', 'destination', 'on_failure has no argument destination'],
    ['aws_sqs_queue.discarded', 'aws_sqs_queue.gone', 'aws_sqs_queue.gone is not declared'],
  ])('%s in the mapping that is %s', (from, to, problem) => {
    expect(problemsOf(MAIN, MAPPING.replace(from, to))).toContain(problem);
  });
});

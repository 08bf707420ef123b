import { describe, expect, test } from 'vitest';
import { handler } from '../../examples/deploy-sam/handler.ts';
import { mapping } from '../../examples/deploy-sam/mapping.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { toCloudFormation } from '../../src/mapping/index.ts';
import { deliver, testStream } from '../../src/testing/index.ts';
import { copyExample, packagesOf, readExample } from './project-copy.ts';
import { type Resource, validateTemplate, withMadeMapping } from './validate-template.ts';

const TEMPLATE = readExample('deploy-sam/template.yaml');

interface SamFunction {
  readonly Environment: { readonly Variables: object };
  readonly Policies: readonly object[];
  readonly Events: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

interface SamBuild {
  readonly BuildProperties: {
    readonly EntryPoints: readonly string[];
    readonly Format: string;
    readonly OutExtension: readonly string[];
    readonly Target: string;
    readonly External: readonly string[];
  };
}

/** Checks a template of SAM with the mapping that SAM adds. */
const validateSam = (template: string): ReturnType<typeof validateTemplate> =>
  validateTemplate(withMadeMapping(template, 'OnInvoiceInvoiceStream'));

/** The mapping that SAM makes of an event of the function. */
function expanded(Properties: Readonly<Record<string, unknown>>): Resource {
  const { Stream, DestinationConfig, ...others } = Properties;
  const { OnFailure } = DestinationConfig as { OnFailure: { Type: string; Destination: object } };
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'OnInvoice' },
      EventSourceArn: Stream,
      ...others,
      DestinationConfig: { OnFailure: { Destination: OnFailure.Destination } },
    },
  };
}

test.each(['run', 'runFromExamples'] as const)(
  'npm run writes the mapping into the template: %s',
  async (run) => {
    const copy = copyExample('deploy-sam');
    copy.write(
      'template.yaml',
      TEMPLATE.replace(/(?<=# Written by streamlane mapping\n)[\s\S]*?(?= *# End)/, ''),
    );
    expect(copy.read('template.yaml')).not.toContain('ReportBatchItemFailures');

    await copy[run]('mapping');

    expect(copy.read('template.yaml')).toBe(TEMPLATE);
  },
);

test('the template has no property, reference or value that AWS does not know', { timeout: 60_000 }, () => {
  const { unknown } = validateSam(TEMPLATE);

  // The CDK knows an older SAM. The next test checks these as properties of the mapping.
  expect(unknown).toEqual([
    'OnInvoice.Properties.Events.InvoiceStream.Properties.MetricsConfig.Metrics',
    'OnInvoice.Properties.Events.InvoiceStream.Properties.FunctionResponseTypes',
    'OnInvoice.Properties.Events.InvoiceStream.Properties.FilterCriteria.Filters',
  ]);
});

test('the event of the function is the mapping of the router, and CloudFormation knows all of it', () => {
  const { Resources } = validateSam(TEMPLATE);
  const { Events } = (Resources.OnInvoice as Resource).Properties as unknown as SamFunction;
  const resource = expanded(Events.InvoiceStream?.Properties ?? {});

  expect(resource).toEqual(
    toCloudFormation(mapping, { functionName: { Ref: 'OnInvoice' }, streamArn: '${Invoices.StreamArn}' }),
  );
  const { unknown } = validateTemplate(
    JSON.stringify({
      Resources: {
        ...Resources,
        OnInvoice: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: 'x' },
            Role: 'arn:aws:iam::123456789012:role/x',
            Handler: 'a.b',
            Runtime: 'nodejs24.x',
          },
        },
        OnInvoiceInvoiceStream: resource,
      },
    }),
  );
  expect(unknown).toEqual([]);
});

test('esbuild makes the file that Handler names, by the properties for the build', async () => {
  const { Resources } = validateSam(TEMPLATE);
  const { Metadata, Properties } = Resources.OnInvoice as Resource & { readonly Metadata: SamBuild };
  const { EntryPoints, Format, OutExtension, Target, External } = Metadata.BuildProperties;
  const copy = copyExample('deploy-sam');

  // SAM's command line for them.
  const flags = [
    ...['--bundle', '--platform=node', `--format=${Format}`, `--target=${Target}`, '--outdir=dist'],
    ...OutExtension.map((extension) => `--out-extension:${extension}`),
    ...External.map((name) => `'--external:${name}'`),
  ];
  await copy.execute(['esbuild', ...EntryPoints, ...flags].join(' '));

  expect(Properties.Handler).toBe('handler.handler');
  expect(await copy.load('dist/handler.mjs')).toEqual({ handler: expect.any(Function) });
});

test('package.json asks for the packages that the tests run with', () => {
  const { asked, installed } = packagesOf('deploy-sam');
  expect(asked).toEqual(installed);
});

test('the function gets what its code needs: the variables of env(), and the permission to publish', () => {
  const { Resources } = validateSam(TEMPLATE);
  const { Environment, Policies } = (Resources.OnInvoice as Resource).Properties as unknown as SamFunction;

  expect(Object.keys(Environment.Variables)).toEqual(mapping.environment);
  expect(Environment.Variables).toEqual({ PAYMENTS_TOPIC_ARN: { Ref: 'Payments' } });
  // The CDK does not take apart the references in policies of SAM.
  expect(Policies).toEqual([
    { SNSPublishMessagePolicy: { TopicName: { 'Fn::GetAtt': 'Payments.TopicName' } } },
  ]);
});

test('discarded records are kept for 14 days, and the alarms tell the topic of operations', () => {
  const { Resources } = validateSam(TEMPLATE);

  expect(Resources.Discarded?.Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 60 * 60 });
  const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  expect(alarms.map(({ Properties: { MetricName } }) => MetricName)).toEqual([
    'IteratorAge',
    'ApproximateNumberOfMessagesVisible',
    'DroppedEventCount',
  ]);
  // Without it, the last alarm never rings.
  expect(mapping.properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] });
  for (const { Properties } of alarms) expect(Properties.AlarmActions).toEqual([{ Ref: 'Operations' }]);
});

test('with the deployed mapping, inserts are published, and other changes do not reach the function', async () => {
  await using aws = await startEmulators({ env: {} });
  const body = new URLSearchParams({ Action: 'CreateTopic', Name: 'payments', Version: '2010-03-31' });
  await fetch(aws.sns.endpoint, { method: 'POST', body });
  const stream = testStream({ keys: ['customerId', 'invoiceId'], viewType: 'NEW_IMAGE' });
  const item = { customerId: 'C-7', invoiceId: 'INV-1', total: 1 };
  const inserted = stream.insert(item);
  const others = [stream.modify(item, { ...item, total: 2 }), stream.remove(item)];

  const PAYMENTS_TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:payments';
  const environment = { ...aws.environment, PAYMENTS_TOPIC_ARN };
  const delivery = await deliver(handler, [inserted, ...others], { ...mapping.options, environment });

  expect(delivery.succeeded).toEqual([inserted.dynamodb?.SequenceNumber]);
  expect(delivery.filtered).toEqual(others.map(({ dynamodb }) => dynamodb?.SequenceNumber));
  expect(delivery.invocations).toHaveLength(1);
});

describe('the check of a template notices', () => {
  test.each<[what: string, from: string, to: string, problem: RegExp]>([
    ['a property that does not exist', 'MessageRetentionPeriod:', 'MessageRetention:', /MessageRetention/],
    [
      'a resource that does not exist',
      '!GetAtt Discarded.QueueName',
      '!GetAtt Gone.QueueName',
      /'Gone' not found/,
    ],
    ['an attribute that does not exist', 'Discarded.QueueName', 'Discarded.QueueTitle', /QueueTitle/],
    ['a value out of range', '1209600', '1209601', /1209601/],
  ])('%s', (_, from, to, problem) => {
    expect(TEMPLATE).toContain(from);
    expect(() => validateSam(TEMPLATE.replace(from, to))).toThrow(problem);
  });
});

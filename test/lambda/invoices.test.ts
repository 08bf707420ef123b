import type { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import type { WireRecord } from '../fixtures/fake-streams.ts';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { FakeLambda } from './fake-lambda.ts';
import { processStream } from './process-stream.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:';

let functions: Bundles;
let aws: FakeAws;

beforeAll(async () => {
  functions = await bundles('../../examples/invoice-workflow/handler.ts');
  aws = await FakeAws.start();
  // For the function in this process.
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws?.stop();
  functions?.remove();
});

/** The environment of the function. */
function environment(): Readonly<Record<string, string>> {
  const { endpoint, region } = aws.connection;
  return {
    INVOICES_TABLE: 'Invoices',
    INVOICES_LOG: 'off',
    PAYMENTS_TOPIC_ARN: `${TOPIC}payments.fifo`,
    RECEIPTS_TOPIC_ARN: `${TOPIC}receipts`,
    DEAD_LETTER_QUEUE_URL: `${endpoint}/123456789012/dead-letters`,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
}

type Status = 'DRAFT' | 'OPEN' | 'PAID';

/** The lives of four invoices, in turns. The currency of the last one is one that the function does not know. */
function lives(): WireRecord[] {
  const steps: readonly (readonly [before: Status | undefined, after: Status | undefined])[] = [
    [undefined, 'DRAFT'],
    ['DRAFT', 'OPEN'],
    ['OPEN', 'PAID'],
    ['PAID', undefined],
  ];
  const currencies = ['EUR', 'JPY', 'EUR', 'KWD'];
  return steps.flatMap(([before, after], step) =>
    currencies.map((currency, index) => {
      const keys = { customerId: { S: 'C-ä' }, invoiceId: { S: `I-${index}` } };
      const image = (status: Status, version: number) => ({
        ...keys,
        status: { S: status },
        total: { N: '120.5' },
        currency: { S: currency },
        version: { N: `${version}` },
      });
      return {
        eventID: `${step}${index}`.padStart(32, '0'),
        eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
        eventVersion: '1.1',
        dynamodb: {
          SequenceNumber: `${400_000_000_000_000_000_000n + BigInt(step * currencies.length + index)}`,
          ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
          Keys: keys,
          ...(after !== undefined && { NewImage: image(after, step + 1) }),
          ...(before !== undefined && { OldImage: image(before, step) }),
          SizeBytes: 200,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      };
    }),
  );
}

/** Lets the topic refuse the announcement that an invoice is open, as often as the sink tries. */
function refuseOnce(invoiceId: string): void {
  let times = 3;
  aws.refuse = ({ text }) => {
    const isHit = text.includes('InvoiceOpened') && text.includes(`"${invoiceId}"`);
    return isHit && times-- > 0 ? { code: 'ThrottledException' } : undefined;
  };
}

/**
 * Runs the mapping until the stream is processed.
 *
 * @returns its steps, and the messages and letters sent, each as text. Repeats of a message are left out: how many records of a batch
 * have begun before one fails depends on the time that requests take
 */
async function run(
  handler: string,
  lambdaClient?: LambdaClient,
): Promise<{
  readonly steps: readonly string[];
  readonly messages: readonly string[];
  readonly letters: readonly string[];
}> {
  const steps = await processStream(lives(), {
    handler,
    ...(lambdaClient !== undefined && { lambdaClient }),
    batchSize: 6,
    timeoutSeconds: 10,
  });
  const sent = (service: string, of: (text: string) => string): readonly string[] =>
    [
      ...new Set(aws.accepted.filter((entry) => entry.service === service).map(({ text }) => of(text))),
    ].sort();
  return {
    steps,
    messages: sent('sns', (text) => text),
    letters: sent('sqs', (text) => /"SequenceNumber":"(\d+)"/.exec(text)?.[1] ?? text),
  };
}

describe.each(FORMATS)('the invoice workflow in a minified bundle, %s,', (format) => {
  test('does under the runtime client what it does in the process of the local mapping', async () => {
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: 'index.handler',
      timeoutMs: 10_000,
      environment: environment(),
    });
    const client = lambda.client();
    refuseOnce('I-1');
    const remote = await run('invoices', client);
    client.destroy();
    aws.reset();

    refuseOnce('I-1');
    const local = await run(`${functions.files[format]}#handler`);

    expect(remote).toEqual(local);
    expect(remote.steps).toContainEqual(
      expect.stringMatching(/partial .*"itemIdentifier":"400000000000000000005"/),
    );
    expect(remote.messages.length).toBeGreaterThan(10);
    expect(remote.letters).toHaveLength(4); // the invoice whose currency is not known
    expect(lambda.starts).toBe(1);
    aws.reset();
  });

  test('answers its first event in a new process, and the next ones in the same', async () => {
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: 'index.handler',
      environment: environment(),
    });
    const event = JSON.stringify({ Records: [] });

    const [cold, warm] = [await lambda.invoke(event), await lambda.invoke(event)];

    expect([cold.payload, warm.payload]).toEqual(['{"batchItemFailures":[]}', '{"batchItemFailures":[]}']);
    expect(warm.pid).toBe(cold.pid);
  });

  test('reports the record and logs the variable when a variable is missing', async () => {
    const { PAYMENTS_TOPIC_ARN: _, INVOICES_LOG: __, ...others } = environment();
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: 'index.handler',
      environment: others,
    });

    const { payload } = await lambda.invoke(JSON.stringify({ Records: lives() }));

    expect(payload).toBe('{"batchItemFailures":[{"itemIdentifier":"400000000000000000000"}]}');
    expect(lambda.log).toContain('PAYMENTS_TOPIC_ARN');
  });
});

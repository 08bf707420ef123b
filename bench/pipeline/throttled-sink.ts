import { FakeAws } from '../../test/fixtures/fake-aws/fake-aws.ts';
import { seededRandom } from '../data/random.ts';
import { bucketWriter, eventBus, snsTopic, sqsQueue, tableWriter } from '../library.ts';

/** A sink, and the server behind it. */
export interface ThrottledSink {
  send(number: number): Promise<void>;
  /** Messages accepted since this was asked last. */
  accepted(): number;
}

const SINKS = {
  sns: () => snsTopic({ topicArn: 'arn:aws:sns:us-east-1:123456789012:payments' }),
  sqs: () => sqsQueue({ queueUrl: 'http://sqs.invalid/123456789012/payments' }),
  events: () => eventBus({ source: 'bench', detailType: 'Sent' }),
  dynamodb: () => tableWriter({ tableName: 'Totals', keys: ['pk'] }),
  s3: () => bucketWriter({ bucket: 'archive' }),
} as const;

/** Makes a sink with a client of its own, and a server that throttles a share of its requests. */
export async function throttledSink(service: keyof typeof SINKS, share: number): Promise<ThrottledSink> {
  const fake = await FakeAws.start();
  const random = seededRandom(7);
  fake.latencyMs = () => 5;
  fake.fault = () =>
    random() < share ? { code: 'ThrottlingException', status: 400, senderFault: true } : undefined;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: fake.connection.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  });
  const sink = SINKS[service]();
  // The client is made here, with this server's address: the next sink has another one.
  await sink.send({ pk: 'first' }, { detached: true });
  fake.accepted.length = 0;
  return {
    send: (number) => sink.send({ pk: `${number}` }, { detached: true }),
    accepted() {
      const { length } = fake.accepted;
      fake.accepted.length = 0;
      fake.requests.length = 0;
      return length;
    },
  };
}

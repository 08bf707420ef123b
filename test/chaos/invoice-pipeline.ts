// node invoice-pipeline.ts <streams endpoint> <SNS endpoint> <stream ARN> <topic ARN> <checkpoint file>: announces every
// change of an invoice until it is killed, or until the process that started it is gone.
import { SNSClient } from '@aws-sdk/client-sns';
import { streamRouter } from '../../src/index.ts';
import { startEventSourceMapping } from '../../src/local/start-event-source-mapping.ts';
import { snsTopic } from '../../src/sinks/sns.ts';

const [, , streams = '', sns = '', streamArn = '', topicArn = '', checkpointFile = ''] = process.argv;
const connection = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

process.stdin.on('end', () => process.exit()).resume();

const topic = snsTopic({
  topicArn,
  // Without the SDK's own retries: the sink alone decides about retries here.
  client: new SNSClient({ ...connection, endpoint: sns, maxAttempts: 1 }),
  requestTimeoutMs: 500,
  // Few, so that records fail and are delivered again.
  attempts: 2,
});
interface Invoice {
  pk: string;
  sk: string;
  n: number;
}
const handler = streamRouter<Invoice>({ concurrency: 25, logger: false })
  .onInsert((record) => topic.publish({ invoiceId: record.newImage.pk, change: 'v1' }, { record }))
  .onModify((record) =>
    topic.publish({ invoiceId: record.newImage.pk, change: `v${record.newImage.n}` }, { record }),
  )
  .onRemove((record) => topic.publish({ invoiceId: record.oldImage.pk, change: 'deleted' }, { record }));

await startEventSourceMapping({
  ...connection,
  endpoint: streams,
  streamArn,
  checkpointFile,
  startingPosition: 'TRIM_HORIZON',
  functionResponseTypes: ['ReportBatchItemFailures'],
  retryDelayMs: () => 20,
  pollIntervalMs: 10,
  batchSize: 25,
  parallelizationFactor: 2,
  timeoutSeconds: 10,
  handler,
  logger: false,
});

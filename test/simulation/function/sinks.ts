import { createSink } from '../../../src/sinks/create-sink.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import type { SinkName } from '../model/scenario.ts';
import { SINK_CONCURRENCY } from '../world/send-book.ts';
import { OwnCommand, REQUEST_TIMEOUT_MS, type TargetName, type Targets } from '../world/targets.ts';

export interface Sinks extends Readonly<Record<SinkName, Sink>> {
  readonly letters: Sink;
  readonly audit: Sink;
}

const ACCOUNT = 'eu-central-1:123456789012';

/** The sinks of one sandbox. */
export function sinksOf(targets: Targets): Sinks {
  const limits = { requestTimeoutMs: REQUEST_TIMEOUT_MS, attempts: 5, concurrency: SINK_CONCURRENCY };
  const common = (name: TargetName) => ({ client: targets.clientOf(name) as never, ...limits });
  const own = targets.clientOf('own');
  const topic = (name: string): string => `arn:aws:sns:${ACCOUNT}:${name}`;
  const queue = (name: string): string => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;
  return {
    topic: snsTopic({ ...common('topic'), topicArn: topic('topic') }),
    fifoTopic: snsTopic({ ...common('fifoTopic'), topicArn: topic('topic.fifo') }),
    queue: sqsQueue({ ...common('queue'), queueUrl: queue('queue') }),
    fifoQueue: sqsQueue({ ...common('fifoQueue'), queueUrl: queue('queue.fifo') }),
    bus: eventBus({ ...common('bus'), source: 'simulation' }) as unknown as Sink,
    table: tableWriter({ ...common('table'), tableName: 'copy', keys: ['item'] }),
    bucket: bucketWriter({ ...common('bucket'), bucket: 'archive' }) as unknown as Sink,
    own: createSink({
      ...limits,
      target: 'https://search.example.com',
      maxEntries: 7,
      maxBytes: 10_000,
      request: async (texts, { signal }) => {
        const answer = await own.send(new OwnCommand(texts), { abortSignal: signal });
        return (answer as { readonly outcomes: [] }).outcomes;
      },
    }),
    letters: sqsQueue({ ...common('letters'), queueUrl: queue('letters') }),
    audit: tableWriter({ ...common('audit'), tableName: 'audit', keys: ['itemKey', 'position'] }),
  };
}

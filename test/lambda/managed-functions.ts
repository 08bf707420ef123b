// Functions for Lambda Managed Instances: several invocations of them overlap in a thread. An item's `id` says what its handler does.
import { threadId } from 'node:worker_threads';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { env, type RecordContext, streamRouter } from '../../src/index.ts';
import { type MetricsSink, metrics } from '../../src/middleware/metrics.ts';
import { snsTopic } from '../../src/sinks/sns.ts';

interface Item {
  readonly id: string;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let atOnce = 0;

/** Says in which thread it ran, and beside how many others. */
export const counting = async (): Promise<object> => {
  let most = ++atOnce;
  for (let step = 0; step < 10; step++) {
    await sleep(10);
    most = Math.max(most, atOnce);
  }
  atOnce--;
  return { threadId, most };
};

async function handleItem({ id }: Item): Promise<void> {
  const [behaviour, index] = id.split('-');
  await sleep(5 + (Number(index) % 7));
  if (behaviour === 'bad') throw new RangeError(`Nothing takes ${id}.`);
}

let emf: Metrics | undefined;

/** Made in the first invocation: outside of one, Powertools 2.35 throws "No context available" on Managed Instances. */
const powertools: MetricsSink = {
  addMetric(...metric) {
    emf ??= new Metrics({ namespace: 'invoices', serviceName: 'announcer' });
    emf.addMetric(...metric);
  },
  publishStoredMetrics: () => emf?.publishStoredMetrics(),
};

/** With the console of the runtime client, and with Powertools Metrics. */
export const router = streamRouter<Item>({ reserveMs: 300, onBatch: metrics(powertools) }).onInsert(
  ({ newImage }) => handleItem(newImage),
);

const topic = snsTopic({ topicArn: env('TOPIC_ARN') });

/** Sends a message for each record. It ignores the signal: `deaf-1` sends after its deadline. */
export const sending = streamRouter<Item>({ reserveMs: 300 }).onInsert(
  async (record, { lambdaContext, logger }: RecordContext) => {
    const { id } = record.newImage;
    await sleep(id.startsWith('deaf') ? lambdaContext.getRemainingTimeInMillis() + 200 : 5);
    await topic
      .publish({ id, requestId: lambdaContext.awsRequestId }, { record })
      .catch((error: Error & { readonly code?: string }) => {
        logger.warn('Not sent', { id, code: error.code });
        throw error;
      });
  },
);

/** Runs on past its timeout, and says how much time it has left. */
export const lasting = async (_event: unknown, context: Context): Promise<void> => {
  await sleep(context.getRemainingTimeInMillis() + 200);
  console.info(`remaining: ${context.getRemainingTimeInMillis() < 0 ? 'negative' : 'not negative'}`);
};

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { streamRouter } from '../../../src/index.ts';
import { type ClockContext, runningContext } from '../../fixtures/clocks.ts';
import { WORKER_RESERVE_MS, type WorkerMessage, type WorkerRequest } from './messages.ts';

/** Lambda's runtime keeps the request id of an invocation there. */
const requestIds = new AsyncLocalStorage<string>();
const port = parentPort as MessagePort;
const open = new Map<string, WorkerRequest>();

/** Loaded once for each thread, as Lambda's runtime loads a function. */
const router = streamRouter({ logger: false, reserveMs: WORKER_RESERVE_MS }).use(async (record, context) => {
  const { signal, lambdaContext } = context;
  const { number, failing } = open.get(lambdaContext.awsRequestId) as WorkerRequest;
  const { sequenceNumber } = record;
  const { lastAnswer: remainingMs } = lambdaContext as ClockContext;
  say({ number, type: 'started', remainingMs, requestId: requestIds.getStore() });
  await sleep(Number(BigInt(sequenceNumber) % 4n));
  if (signal.aborted) throw signal.reason;
  if (failing.includes(sequenceNumber)) throw undefined;
  say({ number, type: 'wrote', sequenceNumber });
});

port.on('message', async (request: WorkerRequest) => {
  const awsRequestId = `${request.number}`;
  open.set(awsRequestId, request);
  const context = runningContext(request.remainingMs, awsRequestId);
  const response = await requestIds.run(awsRequestId, () => router(request.event, context));
  say({ number: request.number, type: 'answered', response });
});

function say(message: WorkerMessage): void {
  port.postMessage(message);
}

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { WORKER_RESERVE_MS, type WorkerMessage, type WorkerRequest } from './messages.ts';

/** Gets the messages of a worker about one invocation. */
export interface Heard {
  readonly wrote: (sequenceNumber: string) => void;
}

/** A function in worker threads, as AWS's runtime for Node.js runs it on Lambda Managed Instances. */
export class Workers {
  readonly faults: string[] = [];
  /** The most invocations of one worker at once. */
  mostAtOnce = 0;
  readonly #workers: readonly Worker[];
  readonly #open: Map<number, Heard & { readonly answered: (response: DynamoDBBatchResponse) => void }> =
    new Map();
  readonly #atOnce: number[];
  #numbers = 0;

  constructor(count: number) {
    this.#atOnce = Array.from({ length: count }, () => 0);
    this.#workers = this.#atOnce.map(() => {
      const worker = new Worker(join(import.meta.dirname, 'worker.ts'));
      worker.on('message', (message: WorkerMessage) => this.#hear(message));
      worker.on('error', (error) => this.faults.push(`a worker ended: ${error}`));
      return worker;
    });
  }

  /** Invokes the function in one of the threads. */
  async invoke(
    event: DynamoDBStreamEvent,
    { remainingMs, failing }: Pick<WorkerRequest, 'remainingMs' | 'failing'>,
    heard: Heard,
  ): Promise<DynamoDBBatchResponse> {
    const number = this.#numbers++;
    const place = number % this.#workers.length;
    const { promise, resolve } = Promise.withResolvers<DynamoDBBatchResponse>();
    this.#open.set(number, { ...heard, answered: resolve });
    this.#atOnce[place] = (this.#atOnce[place] ?? 0) + 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, ...this.#atOnce);
    this.#workers[place]?.postMessage({ number, event, remainingMs, failing } satisfies WorkerRequest);
    const response = await promise;
    this.#atOnce[place] = (this.#atOnce[place] ?? 0) - 1;
    return response;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #hear(message: WorkerMessage): void {
    const invocation = this.#open.get(message.number);
    if (invocation === undefined) {
      this.faults.push(`invocation ${message.number} ${message.type} after its answer`);
      return;
    }
    switch (message.type) {
      case 'started':
        if (message.remainingMs < WORKER_RESERVE_MS) this.faults.push('a record started past its deadline');
        if (message.requestId !== `${message.number}`) this.faults.push('a record has another request id');
        break;
      case 'wrote':
        invocation.wrote(message.sequenceNumber);
        break;
      case 'answered':
        this.#open.delete(message.number);
        invocation.answered(message.response);
    }
  }
}

/* v8 ignore start -- runs in a worker thread, of which no coverage is taken: serve() has tests of its own */
import { workerData } from 'node:worker_threads';
import type { WorkerData } from './messages.ts';
import { serve } from './serve.ts';

const { port, ...data } = workerData as WorkerData;
await serve(port, data);

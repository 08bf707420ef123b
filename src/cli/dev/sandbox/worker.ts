/* v8 ignore start -- runs in a worker thread, of which no coverage is taken: serve() has tests of its own */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { serve } from './serve.ts';

await serve(parentPort as MessagePort, workerData);

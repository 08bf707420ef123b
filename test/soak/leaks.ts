import { connect } from 'node:net';
import { createSink } from 'streamlane/sinks';
import type { Load } from './loads/load.ts';

/** Leaks to plant, to show that each is found. Each call adds to what the process holds. */
export const LEAKS: Readonly<Record<string, (endpoint: string) => void>> = {
  heap: () => void kept.push(Array.from({ length: 2000 }, (_, index) => `${Math.random()} ${index}`)),
  timers: () => void setInterval(() => {}, 60_000),
  listeners: () => void process.on('soak-leak', () => {}),
  signals: () => void kept.push(new AbortController().signal),
  queues: () => void stuck.send({}, { detached: true }).catch(() => {}),
  sockets: (endpoint) => void kept.push(connect(Number(new URL(endpoint).port), '127.0.0.1')),
};

const kept: unknown[] = [];
const stuck = createSink({
  target: 'stuck',
  maxEntries: 1,
  maxBytes: 1024,
  requestTimeoutMs: 900_000,
  request: () => new Promise(() => {}),
});

/** As many as other loads say that they have processed, so that growth can be told for each million of them. */
const RECORDS = 1000;

export function leakLoad(name: string, endpoint: string): Load {
  return {
    async run() {
      LEAKS[name]?.(endpoint);
      return RECORDS;
    },
    listeners: () => 0,
    async close() {},
  };
}

import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';

/** The holdings of the process at rest, after a garbage collection. */
export interface Holdings {
  /** Of the heap and of memory outside it that its objects own. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Timers, sockets in use, threads: whatever keeps the process from ending. */
  readonly handles: number;
  /** Those that wait for their next use, too. */
  readonly sockets: number;
  /** On `process`, and on objects that live as long as a load. */
  readonly listeners: number;
  /** Messages that sinks hold. */
  readonly queued: number;
  /** Records that are still referenced. */
  readonly records: number;
  readonly signals: number;
  readonly emitters: number;
}

type Class = abstract new (...values: never[]) => unknown;

v8.setFlagsFromString('--expose-gc');
const collectGarbage: () => void = vm.runInNewContext('gc');

/** Makes the function that takes a sample. @param listeners counts those that only its owner knows */
export async function sampler(listeners: () => number): Promise<() => Promise<Holdings>> {
  const Entry = await compiled('sinks/batcher/entry.js', 'Entry');
  const LazyRecord = await compiled('record/lazy-record.js', 'LazyRecord');
  return async () => {
    // Finalizers run in the next turn, and let go of more. Each count of living objects collects garbage again.
    collectGarbage();
    await nextTurn();
    const counts = {
      queued: living(Entry),
      records: living(LazyRecord),
      signals: living(AbortSignal),
      emitters: living(EventEmitter),
      sockets: living(Socket),
    };
    const { heapUsed, external, rss } = process.memoryUsage();
    return {
      heapBytes: heapUsed + external,
      rssBytes: rss,
      handles: process.getActiveResourcesInfo().length,
      listeners: listeners() + listenersOf(process),
      ...counts,
    };
  };
}

/** A class that the package does not export, of the same instance of the package that the loads use. */
async function compiled(file: string, name: string): Promise<Class> {
  const module = await import(new URL(`../../dist/${file}`, import.meta.url).href);
  return module[name];
}

function living(type: Class): number {
  return v8.queryObjects(type as never, { format: 'count' });
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

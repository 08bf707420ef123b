import type { Mutant } from './mutant.ts';

const only = ['window'];
const AGGREGATE = 'window/aggregate.ts';
const EVENT = 'window/process-window-event.ts';

export const WINDOW_MUTANTS: readonly Mutant[] = [
  {
    name: 'the state of a window goes on after its outcome',
    file: AGGREGATE,
    find: 'if (this.#sealed) return;\n    // Changed in place',
    replace: '// Changed in place',
    equivalent:
      'The outcome has the text of the state already. At most the record is counted again, into state and checkpoint.',
  },
  {
    name: 'the run decides what a window has counted, and not its state',
    happened: true,
    file: EVENT,
    find: 'return { ...ran, checkpoint: sealed.counted, succeeded: sealed.counted, failed };',
    replace: 'return ran;',
  },
  {
    name: 'a state that a failed reduce has spoilt is kept',
    file: AGGREGATE,
    find: 'if (!this.#unfinished) return',
    replace: 'return',
  },
  {
    name: 'a copy forgets what it holds',
    file: AGGREGATE,
    find: 'this.#copied += this.#since.length;',
    replace: '',
  },
  {
    name: 'a copy leaves its records to be counted again',
    file: AGGREGATE,
    find: '      this.#since = [];',
    replace: '',
  },
  {
    name: 'a record is copied before it is counted',
    file: AGGREGATE,
    find: 'this.#unfinished = true;',
    replace: '',
  },
  {
    name: 'the records before a failure are not counted again',
    file: EVENT,
    find: 'if (since.length > 0) {',
    replace: 'if (false) {',
    equivalent: 'They lie past the checkpoint then, and Lambda sends them again.',
  },
  {
    name: 'records counted again are added twice',
    file: EVENT,
    find: 'const again = reduceFrom(sealed.text, answering);',
    replace:
      'const again = reduceFrom(JSON.stringify({ seen: [...JSON.parse(sealed.text).seen, 0] }), answering);',
  },
  {
    name: 'the records that are counted again are not added to those before them',
    file: EVENT,
    find: 'counted: firstSince + counted.counted };',
    replace: 'counted: counted.counted };',
  },
  {
    name: 'counting again goes past the deadline',
    happened: true,
    file: 'window/count-again.ts',
    find: 'if (isThenable(result) && !(await inTime(result, until.leftMs()))) return until.end();',
    replace: 'await result;',
    within: 5000,
  },
  {
    name: 'counting again goes on past the time that is kept',
    happened: true,
    file: 'window/count-again.ts',
    find: 'if (until.leftMs() <= 0) return until.end();',
    replace: '',
  },
  {
    name: 'counting again goes on past a failure',
    file: 'window/count-again.ts',
    find: 'return failed(record, error);',
    replace: 'failed(record, error);',
  },
  {
    name: 'close gets the state that is answered',
    happened: true,
    file: EVENT,
    find: 'if (final) await closeWindow(close, JSON.parse(text), window, { logger, deadline, context, reserveMs });\n  else warnOfSize(logger, text);\n  // Another object than close has, which may change its own.\n  return { ...response, state: JSON.parse(text) };',
    replace:
      'const state = JSON.parse(text);\n  if (final) await closeWindow(close, state, window, { logger, deadline, context, reserveMs });\n  return { ...response, state };',
  },
  {
    name: 'a window closes although close failed',
    file: 'window/close-window.ts',
    find: '    throw error;\n  } finally {',
    replace: '  } finally {',
  },
  {
    name: 'close is not called',
    file: EVENT,
    find: 'if (final) await closeWindow(',
    replace: 'if (false) await closeWindow(',
  },
  {
    name: 'every invocation begins with the initial state',
    file: EVENT,
    find: 'stateJson(isEmpty(event.state) ? initial : event.state, initial)',
    replace: 'stateJson(initial, initial)',
  },
  {
    name: 'the records of a window run side by side',
    file: EVENT,
    find: "order: 'shard',\n    concurrency: 1,",
    replace: "order: 'item',\n    concurrency: 10,",
  },
  {
    name: 'the engine keeps the state of a failure',
    file: 'delivery/tumbling-window.ts',
    find: "if (verdict.type !== 'failed') this.#open = { start, state };",
    replace: 'this.#open = { start, state };',
    equivalent:
      'A response that fails the batch reports its first record, and its state is the one that came.',
  },
  {
    name: 'the engine keeps no state of a partial response',
    file: 'delivery/tumbling-window.ts',
    find: "if (verdict.type !== 'failed') this.#open = { start, state };",
    replace: "if (verdict.type === 'succeeded') this.#open = { start, state };",
  },
  {
    name: 'a window does not close when a later one begins',
    file: 'delivery/tumbling-window.ts',
    find: 'if (this.#open !== undefined && begun !== undefined && begun > this.#open.start) yield* this.close();',
    replace: '',
  },
  {
    name: 'a closed window stays open',
    file: 'delivery/tumbling-window.ts',
    find: 'this.#open = undefined;\n    const window',
    replace: 'const window',
  },
  {
    name: 'a final invocation that failed closes its window',
    file: 'delivery/tumbling-window.ts',
    find: "return stateOf(result.response) === undefined ? 'failed' : 'succeeded';",
    replace: "return 'succeeded';",
    equivalent: 'A function that answers at all answers with a state.',
  },
  {
    name: 'a final invocation that threw closes its window',
    file: 'delivery/tumbling-window.ts',
    find: "if (result.type !== 'returned') return result.type;",
    replace: "if (result.type !== 'returned') return 'succeeded';",
  },
  {
    name: 'a batch is not cut where windows meet',
    file: 'delivery/tumbling-window.ts',
    find: 'while (to < records.length && isOpenAt(start, records[to], length)) to++;',
    replace: 'to = records.length;',
  },
  {
    name: 'a record at the end of a window belongs to it',
    file: 'delivery/window-span.ts',
    find: 'return (windowStartOf(record, lengthInSeconds) ?? start) <= start;',
    replace: 'return (windowStartOf(record, lengthInSeconds) ?? start) <= start + lengthInSeconds;',
  },
].map((mutant) => ({ only, ...mutant }) as Mutant);

import type { Mutant } from './mutant.ts';

const RUN = 'batch/run.ts';

/** Faults that the simulation has to find. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'records past a failure start',
    file: RUN,
    find: 'if (index < this.#limit) this.#limit = index;',
    replace: '',
  },
  {
    name: 'the checkpoint is the lowest failure, and not the lowest record without success',
    file: RUN,
    find: 'checkpoint = index;\n        if (state === RecordState.failed) failed++;',
    replace: 'if (state === RecordState.failed) {\n checkpoint = index; failed++; }',
  },
  {
    name: 'records start after the deadline',
    file: RUN,
    find: 'if (!this.#deadline.reached()) return false;',
    replace: 'return false;',
  },
  {
    name: 'a lane is followed by several workers',
    file: RUN,
    find: 'while (index !== -1 && !lanes.enter(index)) index = this.#take();',
    replace: 'lanes.enter(index);',
  },
  {
    name: 'the record reported last does not run alone',
    file: RUN,
    find: 'this.#limit = settings.firstAlone ? 1 : records.length;',
    replace: 'this.#limit = records.length;',
  },
  {
    name: 'an asynchronous handler is not awaited',
    file: RUN,
    find: 'if (isThenable(result)) result = await result;',
    replace: 'if (isThenable(result)) result = undefined;',
  },
  {
    name: 'a success in the task of the deadline counts',
    file: RUN,
    find: 'if (this.#answered) return;\n        this.#states[index] = RecordState.succeeded;',
    replace: 'this.#states[index] = RecordState.succeeded;',
    equivalent: 'It did complete, in the same task as the deadline, and nothing starts behind it.',
  },
  {
    name: 'a record that failed past the checkpoint stays failed after the alone run',
    file: RUN,
    find: 'if (this.#firstAlone && this.#states[0] === RecordState.succeeded) {',
    replace: 'if (this.#firstAlone) {',
  },
];

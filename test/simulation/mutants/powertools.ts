import type { Mutant } from './mutant.ts';

const only = ['OrderedStreamProcessor'];

export const POWERTOOLS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a failed record is a success of the processor',
    file: 'powertools/record-attempt.ts',
    find: "if (entry[0] === 'fail' || call.failed.has(record)) {",
    replace: 'if (false) {',
  },
  {
    name: 'a hook that fails makes a success',
    file: 'powertools/record-attempt.ts',
    find: 'if (call.itemFailures !== undefined) return entry;\n  call.causes.set(record, error);',
    replace: "return ['success', undefined, record];\n  call.causes.set(record, error);",
  },
  {
    name: 'an asynchronous record handler is not awaited by the processor',
    file: 'powertools/record-attempt.ts',
    find: 'if (isThenable(returned)) {',
    replace: 'if (false) {',
  },
  {
    name: 'the processor reports the record behind its checkpoint',
    file: 'powertools/batch-item-failures.ts',
    find: 'let lowest = this.#checkpoint;',
    replace: 'let lowest = this.#checkpoint + 1;',
  },
  {
    name: 'the processor reports what failed, and not what did not finish',
    file: 'powertools/run-call.ts',
    find: 'new BatchItemFailures(records, identifiers, outcome.checkpoint);',
    replace:
      'new BatchItemFailures(records, identifiers, outcome.failed > 0 ? outcome.checkpoint : records.length);',
  },
  {
    name: 'the processor runs side by side',
    file: 'powertools/run-call.ts',
    find: "const order = options?.processInParallel === false ? 'shard' : settings.order;",
    replace: "const order = 'item';",
  },
  {
    name: 'the processor names records as they are at the end',
    happened: true,
    file: 'powertools/batch-item-failures.ts',
    find: 'const itemIdentifier = this.#identifiers[index];',
    replace: 'const itemIdentifier = this.#records[index]?.dynamodb.SequenceNumber;',
  },
].map((mutant) => ({ only, ...mutant }) as Mutant);

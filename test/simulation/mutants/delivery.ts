import type { Mutant } from './mutant.ts';

const BATCH = 'delivery/deliver-batch.ts';
const RESPONSE = 'delivery/batch-response.ts';

export const DELIVERY_MUTANTS: readonly Mutant[] = [
  {
    name: 'the mapping goes on past the highest record that is reported',
    file: RESPONSE,
    find: 'if (position < lowest) lowest = position;',
    replace: 'lowest = position;',
    equivalent: 'streamlane reports one record, so the last one is the lowest.',
  },
  {
    name: 'a foreign identifier is a success',
    file: RESPONSE,
    find: 'if (position === undefined) return FAILED;',
    replace: "if (position === undefined) return { type: 'succeeded' };",
    equivalent: 'streamlane names records of the batch alone, and another checker looks at that.',
  },
  {
    name: 'a report of the first record is a success',
    file: RESPONSE,
    find: "return lowest === 0 ? FAILED : { type: 'partial', index: lowest };",
    replace: "return lowest === 0 ? { type: 'succeeded' } : { type: 'partial', index: lowest };",
  },
  {
    name: 'a partial response takes the reported record along',
    file: RESPONSE,
    find: "return lowest === 0 ? FAILED : { type: 'partial', index: lowest };",
    replace: "return lowest === 0 ? FAILED : { type: 'partial', index: lowest + 1 };",
  },
  {
    name: 'responses are not read',
    file: BATCH,
    find: 'return options.reportBatchItemFailures\n',
    replace: 'return false\n',
  },
  {
    name: 'a throw is a success',
    file: BATCH,
    find: "if (result.type === 'failed') return { type: 'failed' };",
    replace: "if (result.type === 'failed') return { type: 'succeeded' };",
  },
  {
    name: 'a split loses the middle record',
    file: BATCH,
    find: 'records.slice(0, middle), records.slice(middle)]',
    replace: 'records.slice(0, middle), records.slice(middle + 1)]',
  },
  {
    name: 'the right half comes first',
    file: BATCH,
    find: '(yield* deliverRun(batch, records, options)).toReversed()',
    replace: '(yield* deliverRun(batch, records, options))',
  },
  {
    name: 'retries are used up one too early',
    file: BATCH,
    find: 'return maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts;',
    replace: 'return maximumRetryAttempts >= 0 && attempts >= maximumRetryAttempts;',
  },
  {
    name: 'a batch is tried once too often',
    file: BATCH,
    find: 'return maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts;',
    replace: 'return maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts + 1;',
  },
  {
    name: 'throttling uses up retries',
    file: BATCH,
    find: "yield* retry('throttled', ++throttles);\n      continue;",
    replace: "attempts++;\n      yield* retry('throttled', ++throttles);\n      continue;",
  },
  {
    name: 'all records are discarded when the first is too old',
    file: BATCH,
    find: 'return fresh === -1 ? records.length : fresh;',
    replace: 'return fresh === 0 ? 0 : records.length;',
  },
  {
    name: 'no record is ever too old',
    file: BATCH,
    find: 'return fresh === -1 ? records.length : fresh;',
    replace: 'return 0;',
  },
  {
    name: 'the checkpoint of discarded records is missing',
    file: BATCH,
    find: "yield checkpoint(discarded, 'discarded', requestId);",
    replace: '',
  },
  {
    name: 'the document names the record after the last one',
    file: 'delivery/on-failure-document.ts',
    find: "endSequenceNumber: last?.SequenceNumber ?? '',",
    replace: 'endSequenceNumber: String(BigInt(last?.SequenceNumber ?? 0) + 1n),',
  },
  {
    name: 'the document counts one record too few',
    file: 'delivery/on-failure-document.ts',
    find: 'batchSize: records.length,',
    replace: 'batchSize: Math.max(1, records.length - 1),',
  },
  {
    name: 'the order of the key attributes makes another slot',
    happened: true,
    file: 'delivery/slot-of.ts',
    find: 'Buffer.from(keysText(record.dynamodb?.Keys ?? {}))',
    replace: 'Buffer.from(JSON.stringify(record.dynamodb?.Keys ?? {}))',
  },
];

import type { Mutant } from './mutant.ts';

const RUN = 'replay/replay-run.ts';
const RECORDS = 'replay/records/record-replay.ts';
const STREAM = 'replay/records/stream-records.ts';
const RESPONSE = 'replay/records/read-response.ts';

export const REPLAY_MUTANTS: readonly Mutant[] = [
  {
    name: 'a message counts as replayed when one of its records has succeeded',
    file: RUN,
    find: 'records.every(({ succeeded }) => succeeded)',
    replace: 'records.some(({ succeeded }) => succeeded)',
  },
  {
    name: 'a message whose range was not read counts as replayed',
    happened: true,
    file: RUN,
    find: 'return records.length + skipped > 0 && records.every',
    replace: 'return records.every',
  },
  {
    name: 'a message with a problem counts as replayed',
    file: RUN,
    find: '!message.released && message.problem === undefined && isDone(message)',
    replace: '!message.released && isDone(message)',
  },
  {
    name: 'a range that holds another number of records is replayed',
    file: RUN,
    find: 'if (count === batchSize) return undefined;',
    replace: 'return undefined;',
  },
  {
    name: 'a range without its first record is whole when the number of its records fits',
    happened: true,
    file: RUN,
    find: 'if (!hasFirst(unfiltered, range)) {',
    replace: 'if (false) {',
  },
  {
    name: 'one message that is not understood ends the replay',
    happened: true,
    file: RUN,
    find: "message.problem = { reason: 'unrecognized', detail: content.problem };\n      return [];",
    replace: 'throw new Error(content.problem);',
  },
  {
    name: 'a message that contains itself ends the replay',
    happened: true,
    file: 'replay/replay-message.ts',
    find: "return typeof message === 'string' ? message : parsedText(JSON.stringify(message));\n  } catch {\n    return undefined;",
    replace:
      "return typeof message === 'string' ? message : parsedText(JSON.stringify(message));\n  } catch (error) {\n    throw error;",
  },
  {
    name: 'a range that cannot be read holds back nothing',
    happened: true,
    file: RUN,
    find: "if (reason === 'unreadable' && content.forNow) {",
    replace: 'if (false) {',
  },
  {
    name: 'the first record of an unreadable range is held back alone',
    file: 'replay/unread-ranges.ts',
    find: 'if (!isUnrelated && isBehind(sequenceNumber, unread)) return unread;',
    replace: 'if (!isUnrelated && sequenceNumber === unread.range.startSequenceNumber) return unread;',
  },
  {
    name: 'a response is not read',
    file: RESPONSE,
    find: 'if (!partialResponses) return all;',
    replace: 'return all;',
  },
  {
    name: 'a throw counts as a success',
    file: RESPONSE,
    find: "if (outcome.type !== 'returned') return unknown;",
    replace: "if (outcome.type !== 'returned') return all;",
  },
  {
    name: 'the reported record counts as a success',
    file: RESPONSE,
    find: "return { succeeded: lowest, failed: 'record' };",
    replace: 'return { succeeded: lowest + 1, failed: undefined };',
  },
  {
    name: 'an item goes on behind its failed record',
    file: STREAM,
    find: 'this.#failedItems.add(record.item);',
    replace: '',
  },
  {
    name: 'records are replayed in the order that they came in',
    file: STREAM,
    find: 'this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));',
    replace: '',
  },
  {
    name: 'records are replayed in the order of text',
    file: STREAM,
    find: 'this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));',
    replace: 'this.#waiting.sort((a, b) => (sequenceNumberOf(a) < sequenceNumberOf(b) ? -1 : 1));',
  },
  {
    name: 'two messages about one record hand it over twice',
    file: STREAM,
    find: 'let record = this.#records.get(identity);',
    replace: 'let record = undefined as any;',
  },
  {
    name: 'the failed record takes the rest of its batch along',
    file: RECORDS,
    find: 'batch = stream.ready(batch);',
    replace: "batch = result.failed === 'record' ? [] : stream.ready(batch);",
    equivalent: 'The next event has the rest: it costs an invocation.',
  },
  {
    name: 'the right half of a failed event is left out',
    file: RECORDS,
    find: 'batch = stream.ready(batch);',
    replace: "batch = result.failed === 'batch' ? [] : stream.ready(batch);",
    equivalent: 'The next event has the rest: it costs an invocation.',
  },
  {
    name: 'the last record of a range is left out',
    file: 'replay/read-range.ts',
    find: 'if (order <= 0) records.push(record);',
    replace: 'if (order < 0) records.push(record);',
  },
  {
    name: 'a range goes on past its end',
    file: 'replay/read-range.ts',
    find: 'if (order <= 0) records.push(record);\n      if (order >= 0) return records;',
    replace: 'records.push(record);',
  },
];

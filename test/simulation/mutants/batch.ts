import type { Mutant } from './mutant.ts';

const RUN = 'batch/run.ts';
const WORK = `    handle: (record) => handle(openRecord(record, reading), context),
    answer: (outcome) => respond(settings, batch, outcome),`;

export const BATCH_MUTANTS: readonly Mutant[] = [
  {
    name: 'a memory skips what had succeeded past the checkpoint',
    happened: true,
    file: 'batch/process-event.ts',
    find: WORK,
    replace: `    handle: (record) =>
      reported.done?.delete(record.dynamodb.SequenceNumber) ? undefined : handle(openRecord(record, reading), context),
    answer: (outcome) => {
      reported.done = new Set(batch.sequenceNumbers.filter((_, at) => at > outcome.checkpoint && outcome.states[at] === 1));
      return respond(settings, batch, outcome);
    },`,
  },
  {
    name: 'a memory skips all records that have succeeded in the sandbox',
    happened: true,
    file: 'batch/process-event.ts',
    find: WORK,
    replace: `    handle: (record) =>
      reported.done?.has(record.dynamodb.SequenceNumber) ? undefined : handle(openRecord(record, reading), context),
    answer: (outcome) => {
      reported.done ??= new Set();
      batch.sequenceNumbers.forEach((name, at) => outcome.states[at] === 1 && reported.done.add(name));
      return respond(settings, batch, outcome);
    },`,
  },
  {
    name: 'the records are those that the event has later',
    happened: true,
    file: 'batch/event.ts',
    find: 'received[index] = record as ReportableRecord;',
    replace: 'received[index] = came[index];',
  },
  {
    name: 'the identifiers are those that the records have at the end',
    happened: true,
    file: 'batch/report.ts',
    find: 'const lowest = batch.identifiers[checkpoint] as string;',
    replace: 'const lowest = batch.records[checkpoint]!.dynamodb.SequenceNumber;',
  },
  {
    name: 'the record reported last does not run alone',
    happened: true,
    file: RUN,
    find: 'this.#limit = settings.firstAlone ? 1 : records.length;',
    replace: 'this.#limit = records.length;',
  },
  {
    name: 'nothing starts behind the record that ran alone',
    file: RUN,
    find: 'if (this.#firstAlone && this.#states[0] === RecordState.succeeded) {',
    replace: 'if (false) {',
    equivalent: 'What did not start is reported and delivered again: it only costs invocations.',
  },
  {
    name: 'the batch goes on behind a record that failed alone',
    file: RUN,
    find: 'if (this.#firstAlone && this.#states[0] === RecordState.succeeded) {',
    replace: 'if (this.#firstAlone) {',
  },
  {
    name: 'a forgotten await is a success',
    happened: true,
    file: RUN,
    find: 'if (isUnfinished(result)) return refuseUnfinished(result);',
    replace: '',
  },
  {
    name: 'what a promise brings is not looked at',
    happened: true,
    file: RUN,
    find: 'if (isUnfinished(result)) await refuseUnfinished(result);',
    replace: '',
  },
  {
    name: 'records past a failure start',
    file: RUN,
    find: 'if (index < this.#limit) this.#limit = index;',
    replace: '',
  },
  {
    name: 'the limit is one past the failure',
    file: RUN,
    find: 'if (index < this.#limit) this.#limit = index;',
    replace: 'if (index < this.#limit) this.#limit = Math.min(index + 2, this.#limit);',
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
    name: 'the next record of a lane does not look at the limit',
    file: RUN,
    find: 'return behind < this.#limit && !this.#stopAtDeadline() ? behind : -1;',
    replace: 'return behind;',
  },
  {
    name: 'the next record of a lane does not look at the clock',
    file: RUN,
    find: 'return behind < this.#limit && !this.#stopAtDeadline() ? behind : -1;',
    replace: 'return behind < this.#limit ? behind : -1;',
  },
  {
    name: 'a lane is followed by several workers',
    file: RUN,
    find: 'while (index !== -1 && !lanes.enter(index)) index = this.#take();',
    replace: 'lanes.enter(index);',
  },
  {
    name: 'the first asynchronous record is in no lane',
    file: RUN,
    find: 'lanes.enter(first);\n',
    replace: '',
  },
  {
    name: 'an asynchronous handler is not awaited',
    file: RUN,
    find: 'if (isThenable(result)) result = await result;',
    replace: 'if (isThenable(result)) result = undefined;',
  },
  {
    name: 'a worker goes on with its lane after a failure',
    file: RUN,
    find: 'this.#fail(index, error);\n        return;',
    replace: 'this.#fail(index, error);\n        result = undefined;',
    equivalent:
      'A failure lowers the limit to its own index, and the records behind it in its lane lie past that.',
  },
  {
    name: 'the records of a shard run side by side',
    file: RUN,
    find: "settings.order === 'shard' ? 1 : settings.concurrency",
    replace: 'settings.concurrency',
    equivalent: "All records are in one lane with order: 'shard', and a lane has one worker.",
  },
  {
    name: 'a success in the task of the deadline counts',
    file: RUN,
    find: 'if (this.#answered) return;\n        this.#states[index] = RecordState.succeeded;',
    replace: 'this.#states[index] = RecordState.succeeded;',
    equivalent: 'It did complete, in the same task as the deadline, and nothing starts behind it.',
  },
  {
    name: 'the deadline does not end the batch',
    file: RUN,
    find: '          this.#limit = 0;\n          resolve();',
    replace: '          this.#limit = 0;',
  },
  {
    name: 'the timer of the deadline is left',
    file: RUN,
    find: '    } finally {\n      this.#deadline.stop();\n    }',
    replace: '    } finally {\n    }',
  },
  {
    name: 'the deadline is the timeout',
    file: 'batch/deadline.ts',
    find: 'return this.remainingMs() - this.reserveMs;',
    replace: 'return this.remainingMs();',
  },
  {
    name: 'only the timer ends the time',
    file: 'batch/deadline.ts',
    find: 'if (!this.#expired && this.leftMs() < 0) this.end();\n    return this.#expired;',
    replace: 'return this.#controller?.signal.aborted === true;',
  },
  {
    name: 'the signal does not abort',
    file: 'batch/deadline.ts',
    find: 'this.#expired = true;\n    this.#controller?.abort(new DeadlineError(this.reserveMs));',
    replace: 'this.#expired = true;',
  },
  {
    name: 'a signal that is asked for after the deadline does not abort',
    file: 'batch/deadline.ts',
    find: 'if (this.#expired) this.end();',
    replace: '',
  },
  {
    name: 'sequence numbers compare as text',
    file: 'record/sequence-number.ts',
    find: "const left = a.padStart(b.length, '0');\n  const right = b.padStart(a.length, '0');",
    replace: 'const left = a;\n  const right = b;',
  },
  {
    name: 'sequence numbers of other lengths are not looked at',
    file: 'batch/event.ts',
    find: ': compareSequenceNumbers(before, sequenceNumber) > 0;',
    replace: ': before > sequenceNumber;',
    equivalent: 'The records are sorted needlessly, and a sort keeps what is in order.',
  },
  {
    name: 'the records are sorted as text',
    file: 'batch/event.ts',
    find: 'if (!ascending) {\n    records = received.toSorted((a, b) =>\n      compareSequenceNumbers(a.dynamodb.SequenceNumber, b.dynamodb.SequenceNumber),\n    );\n    sequenceNumbers.sort(compareSequenceNumbers);',
    replace:
      'if (records.length > 1) {\n    records = received.toSorted((a, b) => (a.dynamodb.SequenceNumber < b.dynamodb.SequenceNumber ? -1 : 1));\n    sequenceNumbers.sort();',
  },
  {
    name: 'the order of the key attributes makes another lane',
    file: 'batch/lane-index.ts',
    find: '[this.#partitionKey, this.#sortKey] = Object.keys(keys);\n    }',
    replace: '}\n    if (this.order === "item") [this.#partitionKey, this.#sortKey] = Object.keys(keys);',
  },
  {
    name: 'a lane is a partition key',
    file: 'batch/lane-index.ts',
    find: 'if (this.#sortKey === undefined) return numberOf(this.#lanes, first);',
    replace: 'return numberOf(this.#lanes, first);',
    equivalent: 'More records share a lane than have to: it is slower, and breaks no promise.',
  },
  {
    name: 'a lane is a sort key alone',
    file: 'batch/lane-index.ts',
    find: 'return numberOf(this.#lanes, first * this.#stride + numberOf(this.#sorts, sort));',
    replace: 'return numberOf(this.#lanes, numberOf(this.#sorts, sort));',
    equivalent: 'More records share a lane than have to: it is slower, and breaks no promise.',
  },
  {
    name: 'a lane forgets its tail',
    file: 'batch/lanes.ts',
    find: 'this.#tail[lane] = index;\n    if (tail === NONE) return true;',
    replace: 'if (tail === NONE) { this.#tail[lane] = index; return true; }',
  },
  {
    name: 'a lane stays taken when its records are through',
    file: 'batch/lanes.ts',
    find: 'if (next === NONE) this.#tail[this.#lane[index]!] = NONE;',
    replace: '',
  },
  {
    name: 'the response names the first record always',
    file: 'batch/report.ts',
    find: 'batch.identifiers[checkpoint] as string;',
    replace: 'batch.identifiers[0] as string;',
    equivalent:
      'An earlier record is repeated. Progress is lost, and the batch may stay for ever, but no record is.',
  },
  {
    name: 'the response names the record behind the checkpoint',
    file: 'batch/report.ts',
    find: 'batch.identifiers[checkpoint] as string;',
    replace: 'batch.identifiers[Math.min(checkpoint + 1, length - 1)] as string;',
  },
  {
    name: 'the response names all records that did not succeed',
    file: 'batch/report.ts',
    find: 'batch.fromPipe ? unfinished : [lowest]',
    replace: 'unfinished',
  },
  {
    name: 'without partial responses a failure is a success',
    file: 'batch/report.ts',
    find: 'throw new BatchFailedError(lowest',
    replace:
      'if (outcome.failed === 0) return { batchItemFailures: [] };\n  throw new BatchFailedError(lowest',
  },
  {
    name: 'onBatch fails the batch',
    file: 'batch/report.ts',
    find: "ignoreErrors(() => logger.error('onBatch failed', { error }));",
    replace: 'throw error;',
  },
  {
    name: 'onBatch is waited for without end',
    file: 'batch/report.ts',
    find: "await inTime(finished('onBatch', result), deadline.remainingMs() / 2);",
    replace: "await finished('onBatch', result);",
  },
  {
    name: 'a letter is counted as a success',
    happened: true,
    file: 'batch/report.ts',
    find: 'succeeded: outcome.succeeded - deadLettered,',
    replace: 'succeeded: outcome.succeeded,',
  },
  {
    name: 'the checkpoint that was got past is kept',
    file: 'batch/reported-checkpoints.ts',
    find: 'if (this.#checkpoints.size > 0) this.#checkpoints.delete(nameOf(batch, 0));',
    replace: '',
    equivalent: 'A wrong guess costs the time of one handler, and changes no verdict.',
  },
  {
    name: 'the checkpoint is noted without its stream',
    file: 'batch/reported-checkpoints.ts',
    find: "typeof arn === 'string' ? arn : ''",
    replace: "''",
    equivalent: 'A wrong guess costs the time of one handler, and changes no verdict.',
  },
  {
    name: 'the answer does not wait for what it holds',
    happened: true,
    file: 'batch/run-batch.ts',
    find: 'if (released !== undefined) await released;',
    replace: '',
    within: 5000,
  },
  {
    name: 'the outcome is decided a turn later',
    file: 'batch/run-batch.ts',
    find: 'const outcome = work.decide === undefined ? ran : await work.decide(ran);',
    replace:
      'await new Promise((resolve) => setImmediate(resolve));\n  const outcome = work.decide === undefined ? ran : await work.decide(ran);',
    equivalent:
      'No record starts until then, and those that settle lie past the checkpoint. A window answers what its state holds.',
  },
  {
    name: 'the answer waits for what it holds without end',
    file: 'batch/delayed-response.ts',
    find: 'this.#end.onReached(resolve);',
    replace: '',
  },
  {
    name: 'held work ends the wait of all',
    file: 'batch/delayed-response.ts',
    find: 'if (this.#work.size === 0) this.#release?.();',
    replace: 'this.#release?.();',
    within: 5000,
  },
  {
    name: 'the failure that is known is the latest, and not the lowest',
    file: 'batch/delayed-response.ts',
    find: 'if (!this.isPastFailure(sequenceNumber)) this.#failedAt = sequenceNumber;',
    replace: 'this.#failedAt = sequenceNumber;',
    equivalent:
      'It says only whether a lock is worth the wait: a record that waits longer than it has to loses time.',
  },
];

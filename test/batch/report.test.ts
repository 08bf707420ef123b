import { afterEach, describe, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import type { Batch, ReportableRecord } from '../../src/batch/event.ts';
import { type BatchOptions, batchSettings } from '../../src/batch/options.ts';
import type { Outcome } from '../../src/batch/outcome.ts';
import { logFailure, respond, summarize } from '../../src/batch/report.ts';
import { BatchFailedError, DeadlineError } from '../../src/errors.ts';
import { RecordState } from '../../src/record/record-state.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

afterEach(() => void vi.useRealTimers());

const RECORDS = [0, 1, 2].map((index) => recordOf({}, index) as ReportableRecord);
const BATCH = batchOf(RECORDS);

function batchOf(records: readonly ReportableRecord[]): Batch {
  const sequenceNumbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  return { records, received: records, sequenceNumbers, identifiers: sequenceNumbers, fromPipe: false };
}

function outcomeOf(outcome: Partial<Outcome> = {}): Outcome {
  const counts = { checkpoint: 3, succeeded: 3, failed: 0, error: undefined };
  return { states: new Uint8Array(3), ...counts, ...outcome };
}

function settingsOf(options: BatchOptions = {}) {
  return batchSettings('test', { logger: memoryLogger(), ...options }, undefined);
}

const throwing = {
  debug: fail,
  info: fail,
  warn: fail,
  error: fail,
};

function fail(): never {
  throw new Error('the logger is broken');
}

describe('logFailure', () => {
  test('says which record and why, and nothing of the item', () => {
    const logger = memoryLogger();
    const error = new Error('boom');
    logFailure(logger, BATCH, 1, error);
    expect(logger.entries).toEqual([
      {
        level: 'error',
        message: 'Record failed',
        fields: {
          eventID: '1'.padStart(32, '0'),
          sequenceNumber: sequenceNumberAt(1),
          tableName: 'Invoices',
          eventName: 'INSERT',
          error,
        },
      },
    ]);
  });

  test('a logger that rejects changes nothing, and its rejection is handled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const rejects = async (): Promise<never> => {
      throw new Error('the log is full');
    };

    logFailure({ ...memoryLogger(), error: rejects }, BATCH, 0, new Error('no'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
  });

  test('a logger that throws changes nothing', () => {
    expect(() => logFailure(throwing, BATCH, 1, undefined)).not.toThrow();
  });
});

describe('respond', () => {
  test('nothing failed: an empty response, a new one each time', () => {
    const response = respond(settingsOf(), BATCH, outcomeOf());
    expect(response).toEqual({ batchItemFailures: [] });
    expect(respond(settingsOf(), BATCH, outcomeOf())).not.toBe(response);
  });

  test('the checkpoint alone', () => {
    const outcome = outcomeOf({ checkpoint: 1, succeeded: 1, failed: 2 });
    expect(respond(settingsOf(), BATCH, outcome)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
    });
  });

  test.each([undefined, null, new Error('boom')])(
    'without partial responses it throws, with %s as its cause',
    (error) => {
      const outcome = outcomeOf({ checkpoint: 1, succeeded: 1, failed: 1, error });
      expect(() => respond(settingsOf({ partialResponses: false }), BATCH, outcome)).toThrow(
        expect.objectContaining({
          name: 'BatchFailedError',
          code: 'BATCH_FAILED',
          retryable: true,
          cause: error,
          checkpoint: sequenceNumberAt(1),
          message: expect.stringContaining(
            `2 of 3 records did not succeed, the first at sequence number ${sequenceNumberAt(1)}`,
          ),
        }),
      );
    },
  );

  test('without partial responses the deadline throws too', () => {
    const outcome = outcomeOf({ checkpoint: 2, succeeded: 2 });
    const thrown = ((): unknown => {
      try {
        return respond(settingsOf({ partialResponses: false }), BATCH, outcome);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(BatchFailedError);
    expect((thrown as BatchFailedError).cause).toBeInstanceOf(DeadlineError);
    expect((thrown as BatchFailedError).message).toMatch(/^1 of 3 /);
  });
});

test('respond names to a pipe every record that did not succeed, by its identifier', () => {
  const [pending, done, failed] = [RecordState.pending, RecordState.succeeded, RecordState.failed];
  const batch = { ...BATCH, identifiers: ['a', 'b', 'c'], fromPipe: true };
  const outcome = outcomeOf({ checkpoint: 0, states: Uint8Array.of(failed, done, pending) });
  expect(respond(settingsOf(), batch, outcome)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'c' }],
  });
});

describe('summarize', () => {
  test('a dead letter is not a success of the handler; a record that failed after its letter counts as failed', async () => {
    const onBatch = vi.fn();
    const states = Uint8Array.of(RecordState.succeeded, RecordState.succeeded, RecordState.failed);
    const outcome = outcomeOf({ states, checkpoint: 2, succeeded: 2, failed: 1 });
    const letters = new Set([sequenceNumberAt(1), sequenceNumberAt(2)]);
    await summarize(settingsOf({ onBatch }), BATCH, outcome, 0, new Deadline(undefined, 1000), {
      letters,
      invocation: {},
      reading: { toNumber: Number, viewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(onBatch.mock.calls[0]?.[0]).toMatchObject({
      records: 3,
      succeeded: 1,
      failed: 1,
      deadLettered: 1,
    });
  });

  const noDeadline = new Deadline(undefined, 1000);

  test('logs the summary at debug and gives it to onBatch', async () => {
    const [logger, onBatch] = [memoryLogger(), vi.fn()];
    const outcome = outcomeOf({ checkpoint: 2, succeeded: 2, failed: 1 });
    await summarize(settingsOf({ logger, onBatch }), BATCH, outcome, performance.now(), noDeadline);
    const summary = {
      records: 3,
      succeeded: 2,
      failed: 1,
      deadLettered: 0,
      unknownEntity: 0,
      checkpoint: sequenceNumberAt(2),
      durationMs: expect.closeTo(0, -3),
      lagMs: expect.any(Number),
    };
    expect(logger.entries).toEqual([{ level: 'debug', message: 'Batch processed', fields: summary }]);
    expect(onBatch).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(summary));
    // A log that spreads the summary shows counts alone.
    expect(Object.keys(onBatch.mock.calls[0]?.[0])).not.toContain('byEntity');
  });

  test('the lag is counted from the creation of the last record', async () => {
    const onBatch = vi.fn();
    const created = Math.floor(Date.now() / 1000) - 60;
    const last = {
      ...RECORDS[2],
      dynamodb: { ...RECORDS[2]?.dynamodb, ApproximateCreationDateTime: created },
    };
    const records = [...RECORDS.slice(0, 2), last as ReportableRecord];
    await summarize(settingsOf({ onBatch }), batchOf(records), outcomeOf(), 0, noDeadline);
    expect(Math.floor(onBatch.mock.calls[0]?.[0].lagMs / 1000)).toBeOneOf([60, 61, 62]);
  });

  test('no records, or no creation time: no lag', async () => {
    const onBatch = vi.fn();
    await summarize(settingsOf({ onBatch }), batchOf([]), outcomeOf({ checkpoint: 0 }), 0, noDeadline);
    const undated = { ...RECORDS[0], dynamodb: { SequenceNumber: '1' } } as ReportableRecord;
    await summarize(settingsOf({ onBatch }), batchOf([undated]), outcomeOf({ checkpoint: 1 }), 0, noDeadline);
    expect(onBatch.mock.calls.map(([{ lagMs }]) => lagMs)).toEqual([undefined, undefined]);
  });

  test('warns when the batch ran out of time', async () => {
    const logger = memoryLogger();
    const deadline = new Deadline(scriptedContext(10), 1000);
    await summarize(settingsOf({ logger }), BATCH, outcomeOf({ checkpoint: 1 }), 0, deadline);
    expect(logger.entries.map(({ level }) => level)).toEqual(['warn', 'debug']);
    expect(logger.entries[0]).toMatchObject({
      message: expect.stringContaining('reserveMs (1000 ms)'),
      fields: { checkpoint: sequenceNumberAt(1) },
    });
  });

  test('logs an error if there was no time for any record: the next attempt will have none either', async () => {
    const logger = memoryLogger();
    const deadline = new Deadline(scriptedContext(10), 1000);
    const outcome = outcomeOf({ checkpoint: 0, succeeded: 0 });
    await summarize(settingsOf({ logger }), BATCH, outcome, 0, deadline);
    expect(logger.entries.map(({ level }) => level)).toEqual(['error', 'debug']);
  });

  test.each([
    ['throws', fail],
    ['rejects', async () => fail()],
  ])('onBatch that %s is logged', async (_, onBatch) => {
    const logger = memoryLogger();
    await summarize(settingsOf({ logger, onBatch }), BATCH, outcomeOf(), 0, noDeadline);
    expect(logger.entries.at(-1)).toMatchObject({ level: 'error', message: 'onBatch failed' });
  });

  test('a broken logger and a broken onBatch together change nothing', async () => {
    const deadline = new Deadline(scriptedContext(10), 1000);
    const settings = settingsOf({ logger: throwing, onBatch: fail });
    await expect(
      summarize(settings, BATCH, outcomeOf({ checkpoint: 0 }), 0, deadline),
    ).resolves.toBeUndefined();
  });

  test.each([
    ['with a clock', new Deadline(scriptedContext(60_000), 1000)],
    [
      'with a clock that has more time than a timer can hold',
      new Deadline(scriptedContext(Number.MAX_SAFE_INTEGER), 1000),
    ],
    ['without one', noDeadline],
  ])('what onBatch does is waited for, %s', async (_, deadline) => {
    let done = false;
    const onBatch = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done = true;
    };
    await summarize(settingsOf({ onBatch }), BATCH, outcomeOf(), 0, deadline);
    expect(done).toBe(true);
  });

  test('but not for longer than half of the time left', async () => {
    vi.useFakeTimers();
    const deadline = new Deadline(scriptedContext(800), 1000);
    const summarized = summarize(
      settingsOf({ onBatch: () => new Promise(() => {}) }),
      BATCH,
      outcomeOf(),
      0,
      deadline,
    );
    const settled = vi.fn();
    summarized.then(settled);
    await vi.advanceTimersByTimeAsync(399);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalled();
  });
});

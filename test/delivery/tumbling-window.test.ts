import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { InvocationAnswer } from '../../src/delivery/deliver-batch.ts';
import {
  type TumblingWindowOptions,
  TumblingWindows,
  type WindowDecision,
} from '../../src/delivery/tumbling-window.ts';
import { MAX_STATE_BYTES } from '../../src/window/window-state.ts';

const NOON = Date.UTC(2026, 0, 1, 12) / 1000;
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000';

type Invoke = Extract<WindowDecision, { type: 'invoke' }>;
type Answer = (invoke: Invoke) => unknown;

/** A record made that many seconds after noon; undefined: it does not say. */
const at = (seconds: number | undefined, sequenceNumber = 100 + (seconds ?? 0)): DynamoDBRecord => ({
  dynamodb: {
    SequenceNumber: String(sequenceNumber),
    ApproximateCreationDateTime: seconds === undefined ? undefined : NOON + seconds,
  },
});

const FAIL = Symbol('fail');
const THROTTLE = Symbol('throttle');
const SKIP = Symbol('skip');
const DELAY = Symbol('delay');

/** Counts the records, as the simplest function with a window. */
const count: Answer = ({ records, window }) => ({
  state: { n: Number(window?.state.n ?? 0) + records.length },
});

function play(options: Partial<TumblingWindowOptions> = {}, answer: Answer = count) {
  const clock = { now: (NOON + 3600) * 1000 };
  let requests = 0;
  const windows = new TumblingWindows({
    streamArn: ARN,
    shardId: 'shard-1',
    tumblingWindowInSeconds: 60,
    maximumRetryAttempts: 2,
    maximumRecordAgeInSeconds: -1,
    bisectBatchOnFunctionError: false,
    reportBatchItemFailures: true,
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:count',
    retryDelayMs: (attempt) => attempt * 1000,
    now: () => clock.now,
    requestId: () => `r${++requests}`,
    ...options,
  });
  const invokes: Invoke[] = [];
  const decisions: WindowDecision[] = [];
  const log: string[] = [];
  const run = (steps: Generator<WindowDecision, void, InvocationAnswer | undefined>) => {
    for (let next = steps.next(); !next.done; ) {
      const decision = next.value;
      decisions.push(decision);
      let result: InvocationAnswer | undefined;
      if (decision.type === 'invoke') {
        invokes.push(decision);
        const { window } = decision;
        const shown = JSON.stringify(window?.state);
        log.push(
          `${window?.isFinalInvokeForWindow ? 'final' : decision.records.map(({ dynamodb }) => Number(dynamodb?.SequenceNumber) - 100)} ` +
            `${shown.length > 30 ? 'large' : shown}`,
        );
        const answered = answer(decision);
        if (answered === FAIL) result = { type: 'failed' };
        else if (answered === THROTTLE) result = { type: 'throttled' };
        else if (answered === SKIP) result = { type: 'skipped' };
        else if (answered === DELAY) result = { type: 'delayed' };
        else result = { type: 'returned', response: answered };
      } else if (decision.type === 'retry') {
        clock.now += decision.delayMs;
        log.push(decision.reason === 'failed' ? 'retry' : 'throttled');
      } else if (decision.type === 'windowClosed') {
        log.push(
          `${decision.window.start.slice(14, 19)} ${decision.early ? 'early ' : ''}${decision.outcome}`,
        );
      } else if (decision.type === 'discard') log.push('discard');
      next = steps.next(result);
    }
  };
  return { windows, clock, invokes, decisions, log, run };
}

describe('windows follow the creation time of records, aligned to multiples of their length', () => {
  test.each<[string, (number | undefined)[], string[]]>([
    ['one window', [0, 59], ['0,59 {}']],
    ['two windows', [59, 60], ['59 {}', 'final {"n":1}', '00:00 succeeded', '60 {}']],
    ['one with nothing between', [1, 2, 300], ['1,2 {}', 'final {"n":2}', '00:00 succeeded', '300 {}']],
    ['a record that is late counts into the open window', [61, 59, 62], ['61,59,62 {}']],
    ['a record that does not say when counts into the open window', [1, undefined], ['1,0 {}']],
  ])('%s', (_, times, expected) => {
    const { windows, log, run } = play();
    run(windows.deliver(times.map((time) => at(time))));
    expect(log).toEqual(expected);
  });

  test('a window continues across batches', () => {
    const { windows, log, run } = play();
    run(windows.deliver([at(1)]));
    run(windows.deliver([at(2), at(undefined)]));
    expect(windows.open).toEqual({ start: NOON, state: { n: 3 } });
    run(windows.deliver([at(60)]));
    expect(log).toEqual(['1 {}', '2,0 {"n":1}', 'final {"n":3}', '00:00 succeeded', '60 {}']);
  });

  test('the clock has to do for a first record that does not say when it was made', () => {
    const { windows, run } = play();
    run(windows.deliver([at(undefined)]));
    expect(windows.open?.start).toBe(NOON + 3600);
  });

  test('nothing to deliver opens nothing', () => {
    const { windows, log, run } = play();
    run(windows.deliver([]));
    run(windows.close());
    expect(windows.open).toBeUndefined();
    expect(log).toEqual([]);
  });
});

describe('an invocation that is withheld', () => {
  test.each<[string, symbol, string[]]>([
    ['a final one that is skipped discards the window', SKIP, ['1 {}', 'final {"n":1}', '00:00 discarded']],
    [
      'a final one that is delayed follows later',
      DELAY,
      ['1 {}', 'final {"n":1}', 'final {"n":1}', '00:00 succeeded'],
    ],
  ])('%s', (_, withheld, expected) => {
    let finals = 0;
    const { windows, log, run } = play({}, (invoke) =>
      invoke.window?.isFinalInvokeForWindow && finals++ === 0 ? withheld : count(invoke),
    );
    run(windows.deliver([at(1)]));
    run(windows.close());
    expect(log).toEqual(expected);
    expect(windows.open).toBeUndefined();
  });

  test('one with records that is skipped leaves the state of the window alone', () => {
    const { windows, log, run } = play({}, (invoke) => (invoke.records.length === 2 ? SKIP : count(invoke)));
    run(windows.deliver([at(1)]));
    run(windows.deliver([at(2), at(3)]));
    run(windows.deliver([at(4)]));
    expect(log).toEqual(['1 {}', '2,3 {"n":1}', 'discard', '4 {"n":1}']);
  });
});

test('the fields of an event', () => {
  const { windows, invokes, run } = play();
  run(windows.deliver([at(30)]));
  run(windows.close());
  const fields = {
    window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
    shardId: 'shard-1',
    eventSourceARN: ARN,
    isWindowTerminatedEarly: false,
  };
  expect(invokes.map(({ window }) => window)).toEqual([
    { ...fields, state: {}, isFinalInvokeForWindow: false },
    { ...fields, state: { n: 1 }, isFinalInvokeForWindow: true },
  ]);
  expect(invokes[1]?.records).toEqual([]);
  expect(invokes.map(({ requestId }) => requestId)).toEqual(['r1', 'r2']);
});

describe('the response', () => {
  const once = (answer: unknown): Answer => {
    let asked = 0;
    return (invoke) => (asked++ === 0 ? answer : count(invoke));
  };

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no state', { batchItemFailures: [] }],
    ['a state that is null', { state: null }],
    ['a state that is text', { state: 'x' }],
    ['a state that is a list', { state: [] }],
    [
      'a state, and the first record failed',
      { state: { n: 7 }, batchItemFailures: [{ itemIdentifier: '101' }] },
    ],
    [
      'a state, and a record that is not in the batch',
      { state: {}, batchItemFailures: [{ itemIdentifier: '9' }] },
    ],
    ['an error', FAIL],
  ])('with %s the batch failed, and its state is dropped', (_, answer) => {
    const { windows, log, run } = play({}, once(answer));
    run(windows.deliver([at(1), at(2)]));
    expect(log).toEqual(['1,2 {}', 'retry', '1,2 {}']);
    expect(windows.open?.state).toEqual({ n: 2 });
  });

  test('with a partial failure, its state is kept: it has the records before the checkpoint', () => {
    const { windows, log, run } = play(
      {},
      once({ state: { n: 2 }, batchItemFailures: [{ itemIdentifier: '103' }] }),
    );
    run(windows.deliver([at(1), at(2), at(3)]));
    expect(log).toEqual(['1,2,3 {}', '3 {"n":2}']);
    expect(windows.open?.state).toEqual({ n: 3 });
  });

  test('without ReportBatchItemFailures only the state counts', () => {
    const { windows, log, run } = play(
      { reportBatchItemFailures: false },
      once({ state: { n: 9 }, batchItemFailures: [{ itemIdentifier: '101' }] }),
    );
    run(windows.deliver([at(1)]));
    expect(log).toEqual(['1 {}']);
  });

  test('a batch that is discarded leaves the state as it was', () => {
    const { windows, log, run } = play({ maximumRetryAttempts: 0 }, (invoke) =>
      invoke.records.some(({ dynamodb }) => dynamodb?.SequenceNumber === '102') ? FAIL : count(invoke),
    );
    run(windows.deliver([at(1)]));
    run(windows.deliver([at(2)]));
    run(windows.close());
    expect(log).toEqual(['1 {}', '2 {"n":1}', 'discard', 'final {"n":1}', '00:00 succeeded']);
  });

  test('records that are too old for any invocation open no window', () => {
    const { windows, log, run } = play({ maximumRecordAgeInSeconds: 60 });
    run(windows.deliver([at(1)]));
    run(windows.close());
    expect(log).toEqual(['discard']);
  });

  test('halves go on with the state of each other', () => {
    const { windows, log, run } = play({ bisectBatchOnFunctionError: true }, (invoke) =>
      invoke.records.length > 1 ? FAIL : count(invoke),
    );
    run(windows.deliver([at(1), at(2)]));
    expect(log).toEqual(['1,2 {}', '1 {}', '2 {"n":1}']);
  });

  test('what a handler writes into its event does not outlive a failure', () => {
    let asked = 0;
    const { windows, log, run } = play({}, (invoke) => {
      Object.assign(invoke.window?.state ?? {}, { broken: true });
      return asked++ % 2 === 0 ? FAIL : { state: { n: 1 } };
    });
    run(windows.deliver([at(1)]));
    run(windows.close());
    expect(log).toEqual([
      '1 {}',
      'retry',
      '1 {}',
      'final {"n":1}',
      'retry',
      'final {"n":1}',
      '00:00 succeeded',
    ]);
  });
});

describe('the final invocation', () => {
  const failing =
    (times: number, how: unknown = FAIL): Answer =>
    (invoke) =>
      invoke.window?.isFinalInvokeForWindow && times-- > 0 ? how : count(invoke);

  test.each<[string, number, Answer, string[]]>([
    ['is tried again', 2, failing(2), ['final', 'retry', 'final', 'retry', 'final', 'succeeded']],
    ['has to carry a state too', 2, failing(1, {}), ['final', 'retry', 'final', 'succeeded']],
    ['is discarded', 1, failing(9), ['final', 'retry', 'final', 'discarded']],
    ['is discarded at once without retries', 0, failing(9), ['final', 'discarded']],
    [
      'uses up no retry by throttles',
      0,
      failing(2, THROTTLE),
      ['final', 'throttled', 'final', 'throttled', 'final', 'succeeded'],
    ],
    [
      'is tried again without end',
      -1,
      failing(50),
      [...Array(50).fill(['final', 'retry']).flat(), 'final', 'succeeded'],
    ],
  ])('%s', (_, maximumRetryAttempts, answer, expected) => {
    const { windows, log, invokes, run } = play({ maximumRetryAttempts }, answer);
    run(windows.deliver([at(1)]));
    run(windows.deliver([at(61)]));
    expect(log.slice(1, -1).map((line) => line.replace('00:00 ', '').replace(' {"n":1}', ''))).toEqual(
      expected,
    );
    // The next window starts with {} in any case.
    expect(log.at(-1)).toBe('61 {}');
    const finals = invokes.filter(({ window }) => window?.isFinalInvokeForWindow);
    expect(new Set(finals.map(({ requestId }) => requestId)).size).toBe(1);
  });

  test.each([
    [60, 3600],
    [-1, 86_400],
    [604_800, 86_400],
  ])(
    'with a record age of %i it is tried for as long as records would be',
    (maximumRecordAgeInSeconds, seconds) => {
      const { windows, clock, log, run } = play(
        {
          maximumRecordAgeInSeconds,
          maximumRetryAttempts: -1,
          retryDelayMs: () => 1_000_000,
          open: { start: NOON, state: { n: 1 } },
        },
        () => FAIL,
      );
      run(windows.close());
      expect(log.at(-1)).toBe('00:00 discarded');
      expect(clock.now / 1000 - NOON).toBeGreaterThanOrEqual(seconds);
      expect(clock.now / 1000 - NOON).toBeLessThan(seconds + 60 + 1_001);
    },
  );
});

describe('a state over 1 MB ends the window early, at once', () => {
  const large = 'x'.repeat(MAX_STATE_BYTES);

  test('after the batch', () => {
    const { windows, log, invokes, run } = play({}, ({ window }) =>
      window?.isFinalInvokeForWindow ? { state: {} } : { state: { large } },
    );
    run(windows.deliver([at(1)]));
    expect(log).toEqual(['1 {}', 'final large', '00:00 early succeeded']);
    expect(invokes[1]?.window).toMatchObject({ isFinalInvokeForWindow: true, isWindowTerminatedEarly: true });
    run(windows.deliver([at(2)]));
    expect(log.slice(3)).toEqual(['2 {}', 'final large', '00:00 early succeeded']);
  });

  test('before the rest of the batch', () => {
    let asked = 0;
    const { windows, log, run } = play({}, (invoke) =>
      asked++ === 0 ? { state: { large }, batchItemFailures: [{ itemIdentifier: '102' }] } : count(invoke),
    );
    run(windows.deliver([at(1), at(2)]));
    expect(log).toEqual(['1,2 {}', 'final large', '00:00 early succeeded', '2 {}']);
  });

  test('not one of 1 MB', () => {
    const { windows, log, run } = play({}, () => ({ state: { a: large.slice('{"a":""}'.length) } }));
    run(windows.deliver([at(1)]));
    expect(log).toEqual(['1 {}']);
  });
});

describe('an idle window', () => {
  test.each<[string, number | undefined, number, boolean]>([
    ['closes 5 seconds after its end', undefined, 65, true],
    ['and not before', undefined, 64.999, false],
    ['closes when the option says', 0, 60, true],
    ['and not before', 0, 59, false],
    ['can stay open for ever', Number.POSITIVE_INFINITY, 1e9, false],
  ])('%s', (_, closeIdleWindowAfterSeconds, seconds, closes) => {
    const { windows, clock, log, run } = play({
      open: { start: NOON, state: {} },
      ...(closeIdleWindowAfterSeconds !== undefined && { closeIdleWindowAfterSeconds }),
    });
    clock.now = (NOON + seconds) * 1000;
    run(windows.closeIdle());
    expect(log).toEqual(closes ? ['final {}', '00:00 succeeded'] : []);
  });

  test('that was closed opens again with the first state, if the stream gives more of its records', () => {
    const { windows, clock, log, run } = play();
    run(windows.deliver([at(1)]));
    clock.now += 5000;
    run(windows.closeIdle());
    run(windows.deliver([at(2)]));
    expect(log).toEqual(['1 {}', 'final {"n":1}', '00:00 succeeded', '2 {}']);
    expect(windows.idleAt).toBe(clock.now + 5000);
  });

  test('that gets old records waits for more of them first', () => {
    const { windows, clock, run } = play();
    expect(windows.idleAt).toBeUndefined();
    run(windows.closeIdle());
    run(windows.deliver([at(1)]));
    expect(windows.idleAt).toBe(clock.now + 5000);
  });
});

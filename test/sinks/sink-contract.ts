import { describe, expect, test } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import type { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import type { FakeEntry } from '../fixtures/fake-aws/service.ts';
import type { FakeHarness } from './fake-harnesses.ts';
import {
  failuresOf,
  numberIn,
  recordOf,
  type SinkHarness,
  type SinkTraits,
  sendNumber,
  upTo,
} from './sink-harness.ts';

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** Tests the promises of every sink, on any server. */
export function sinkContract(
  name: string,
  { maxBytes, replaces, ordered }: SinkTraits,
  harnessOf: () => SinkHarness | Promise<SinkHarness>,
): void {
  describe(name, () => {
    test('a message that was sent has arrived', async () => {
      const harness = await harnessOf();
      await sendNumber(harness, harness.sink(), 7);
      expect(await harness.arrived()).toEqual([7]);
    });

    test('messages of 100 lanes arrive, each once', { timeout: 30_000 }, async () => {
      const harness = await harnessOf();
      const sink = harness.sink();
      const lanes = upTo(100).map(async (lane) => {
        for (const turn of upTo(4))
          await sendNumber(harness, sink, turn * 100 + lane, { item: `lane-${lane}` });
      });
      await Promise.all(lanes);
      const arrived = await harness.arrived();
      expect(sorted(arrived)).toEqual(replaces ? upTo(400).slice(300) : upTo(400));
    });

    test.runIf(ordered)('messages about one item arrive in order, even when sent at once', async () => {
      const harness = await harnessOf();
      const sink = harness.sink();
      await Promise.all(
        upTo(40).map((number) => sendNumber(harness, sink, number, { item: `item-${number % 2}` })),
      );
      const arrived = await harness.arrived();
      for (const item of [0, 1]) {
        const own = arrived.filter((number) => number % 2 === item);
        expect(own).toEqual(sorted(own));
        expect(own).toHaveLength(replaces ? 1 : 20);
        expect(own.at(-1)).toBe(38 + item);
      }
    });

    test.runIf(maxBytes !== undefined)(
      'the largest message arrives, a larger one fails at once, alone',
      async () => {
        const harness = await harnessOf();
        const sink = harness.sink();
        const largest = sink.send(harness.sized(maxBytes ?? 0), { record: recordOf('largest') });
        const failures = await failuresOf([
          sendNumber(harness, sink, 1),
          sink.send(harness.sized((maxBytes ?? 0) + 1), { record: recordOf('larger') }),
          sendNumber(harness, sink, 2),
        ]);
        await largest;
        expect([...failures]).toEqual([
          [
            1,
            expect.objectContaining({
              name: 'SinkError',
              code: 'SINK_MESSAGE_TOO_LARGE',
              retryable: false,
              target: sink.target,
            }),
          ],
        ]);
        expect(sorted(await harness.arrived()).filter((number) => number > 0)).toEqual([1, 2]);
      },
    );
  });
}

/** Tests the promises of every sink when its server fails. */
export function failureContract(name: string, traits: SinkTraits, harnessOf: () => FakeHarness): void {
  const { perRequest, maxBytes, ordered, single = true } = traits;
  /** A code that is documented for content: a message that is alone in its request is at fault by it. */
  const documented = 'EntityTooLarge';
  const {
    refusedRequest = { code: perRequest === 1 ? documented : 'InvalidParameterValue', senderFault: true },
  } = traits;

  /** How often a number was sent. */
  const timesSent = ({ requests }: FakeAws): Map<number, number> => {
    const times = new Map<number, number>();
    for (const { text } of requests.flatMap(({ entries }) => entries)) {
      times.set(numberIn(text), (times.get(numberIn(text)) ?? 0) + 1);
    }
    return times;
  };

  /** Refuses entries for good: one by one where the service does so, else with all of their request. */
  const refuseForGood = (fake: FakeAws, service: string, bad: (entry: FakeEntry) => boolean): void => {
    const refusal = { code: documented, senderFault: true };
    if (service === 'dynamodb') fake.fault = ({ entries }) => (entries.some(bad) ? refusal : undefined);
    else fake.refuse = (entry) => (bad(entry) ? refusal : undefined);
  };

  describe(`${name}, when the server fails`, () => {
    test('calls of one turn travel in as few requests as the service allows', async () => {
      const harness = harnessOf();
      const sink = harness.sink();
      const { fake } = harness;
      const calls = Math.min(perRequest * 3 + 1, 100);
      await Promise.all(upTo(calls).map((number) => sendNumber(harness, sink, number)));
      expect(fake.requests).toHaveLength(Math.ceil(calls / perRequest));
    });

    test.runIf(maxBytes !== undefined)(
      'large messages travel apart, so that no request is too large',
      async () => {
        const harness = harnessOf();
        const sink = harness.sink();
        const bytes = Math.ceil((maxBytes ?? 0) * 0.4);
        await Promise.all(
          upTo(5).map((index) => sink.send(harness.sized(bytes), { record: recordOf(`large-${index}`) })),
        );
        expect(harness.fake.accepted.length).toBe(5);
      },
    );

    test('no more requests are under way at once than allowed', async () => {
      const harness = harnessOf();
      const sink = harness.sink({ concurrency: 3 });
      harness.fake.latencyMs = () => 3;
      await Promise.all(
        upTo(Math.min(perRequest * 8, 300)).map((number) => sendNumber(harness, sink, number)),
      );
      expect(harness.fake.maxUnderWay).toBeLessThanOrEqual(3);
    });

    test.runIf(single)(
      'a message that is refused for good fails alone, at once, and is not sent again',
      async () => {
        const harness = harnessOf();
        const { fake } = harness;
        const sink = harness.sink();
        refuseForGood(fake, harness.service, ({ text }) => numberIn(text) % 5 === 3);
        const failures = await failuresOf(upTo(20).map((number) => sendNumber(harness, sink, number)));
        expect([...failures.keys()]).toEqual([3, 8, 13, 18]);
        for (const error of failures.values()) {
          expect(error).toMatchObject({
            name: 'SinkError',
            code: 'SINK_ENTRY_REFUSED',
            retryable: false,
            message: expect.stringContaining(documented),
          });
        }
        expect(sorted(await harness.arrived())).toEqual(upTo(20).filter((number) => number % 5 !== 3));
      },
    );

    test('a request that is refused for one of its messages fails that one alone', async () => {
      const harness = harnessOf();
      const { fake } = harness;
      const sink = harness.sink();
      fake.fault = ({ entries }) =>
        entries.some(({ text }) => [2, 7].includes(numberIn(text))) ? refusedRequest : undefined;
      const failures = await failuresOf(upTo(10).map((number) => sendNumber(harness, sink, number)));
      expect([...failures.keys()]).toEqual([2, 7]);
      expect([...failures.values()]).toMatchObject(
        [2, 7].map(() => ({ code: 'SINK_ENTRY_REFUSED', retryable: false })),
      );
      expect(sorted(await harness.arrived())).toEqual([0, 1, 3, 4, 5, 6, 8, 9]);
    });

    test('a message that may be accepted later is sent again, alone, until it is', async () => {
      const harness = harnessOf();
      const { fake } = harness;
      const sink = harness.sink();
      fake.refuse = ({ text }) =>
        numberIn(text) === 4 && (timesSent(fake).get(4) ?? 0) < 3 ? { code: 'InternalFailure' } : undefined;
      await Promise.all(upTo(10).map((number) => sendNumber(harness, sink, number)));
      expect(sorted(await harness.arrived())).toEqual(upTo(10));
      expect(timesSent(fake).get(4)).toBe(3);
      if (single) expect(timesSent(fake).get(5)).toBe(1);
    });

    test('a message that is never accepted fails after its attempts, and may be tried again', async () => {
      const harness = harnessOf();
      const sink = harness.sink({ attempts: 3 });
      harness.fake.refuse = () => ({ code: 'InternalFailure' });
      const failures = await failuresOf([sendNumber(harness, sink, 1)]);
      expect(failures.get(0)).toMatchObject({ name: 'SinkError', retryable: true });
      expect(String(failures.get(0))).toContain('3 times');
      expect(harness.fake.requests).toHaveLength(3);
    });

    test.each([
      ['is throttled', { code: 'ThrottlingException', senderFault: true, status: 400 }],
      ['meets a server error', { code: 'ServiceUnavailable', status: 503 }],
      ['loses its connection', 'reset'],
      ['is never answered', 'hang'],
    ] as const)('a request that %s is made again', async (_, fault) => {
      const harness = harnessOf();
      const { fake } = harness;
      const sink = harness.sink(fault === 'hang' ? { requestTimeoutMs: 300 } : {});
      fake.fault = () => (fake.requests.length <= 2 ? fault : undefined);
      await Promise.all(upTo(5).map((number) => sendNumber(harness, sink, number)));
      // On a busy machine an answer may take longer than that, too.
      expect(sorted([...new Set(await harness.arrived())])).toEqual(upTo(5));
    });

    test('a request that always fails fails its messages, which may be tried again', async () => {
      const harness = harnessOf();
      harness.fake.fault = () => ({ code: 'ServiceUnavailable', status: 503 });
      const failures = await failuresOf([sendNumber(harness, harness.sink({ attempts: 2 }), 1)]);
      expect(failures.get(0)).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: true });
      expect(harness.fake.requests).toHaveLength(2);
    });

    test('without permission all messages fail, with one try', async () => {
      const harness = harnessOf();
      harness.fake.fault = () => ({ code: 'AccessDeniedException', senderFault: true, status: 403 });
      const calls = Math.min(perRequest, 10);
      const sink = harness.sink();
      const failures = await failuresOf(upTo(calls).map((number) => sendNumber(harness, sink, number)));
      expect(failures.size).toBe(calls);
      for (const error of failures.values()) {
        expect(error).toMatchObject({
          code: 'SINK_REQUEST_FAILED',
          retryable: false,
          cause: expect.any(Error),
        });
      }
      expect(harness.fake.requests).toHaveLength(1);
    });

    test('at the deadline every call is settled, and nothing is sent any more', async () => {
      const harness = harnessOf();
      const { fake } = harness;
      fake.fault = () => 'hang';
      const sink = harness.sink({ concurrency: 1 });
      const deadline = new AbortController();
      const reason = new Error('deadline');
      const record = recordOf('item', { deadlineSignal: deadline.signal });
      const calls = upTo(perRequest + 2).map((number) => sendNumber(harness, sink, number, { record }));
      const failed = failuresOf(calls);
      await eventually(() => expect(fake.requests).toHaveLength(1));
      deadline.abort(reason);
      const failures = await failed;
      expect(failures.size).toBe(calls.length);
      for (const error of failures.values()) {
        expect(error).toMatchObject({ code: 'SINK_DEADLINE', retryable: true, cause: reason });
      }
      await eventually(() => expect(fake.underWay).toBe(0));
      fake.fault = () => undefined;
      await expect(sendNumber(harness, sink, 99, { record })).rejects.toMatchObject({
        code: 'SINK_DEADLINE',
      });
      // What another invocation sends is not held up.
      await sendNumber(harness, sink, 100);
      expect(await harness.arrived()).toEqual([100]);
    });

    test('the deadline ends the tries of a message that is refused again and again', async () => {
      const harness = harnessOf();
      const { fake } = harness;
      fake.refuse = () => ({ code: 'InternalFailure' });
      const sink = harness.sink({ attempts: 100 });
      const deadline = new AbortController();
      const failed = failuresOf([sendNumber(harness, sink, 1, { signal: deadline.signal })]);
      // Answered, and not sent again for 200 ms: a request that is cut off may reach the server after this test.
      await eventually(() => expect([fake.requests.length >= 4, fake.underWay]).toEqual([true, 0]));
      deadline.abort();
      expect((await failed).get(0)).toMatchObject({ code: 'SINK_DEADLINE' });
    });

    test.runIf(ordered)(
      'a message does not overtake one about its item that is still tried',
      {
        timeout: 20_000,
      },
      async () => {
        const harness = harnessOf();
        const { fake } = harness;
        const sink = harness.sink();
        // Each message fails once or twice, in one way or the other.
        const ofNumber = (text: string): number => timesSent(fake).get(numberIn(text)) ?? 0;
        fake.refuse = ({ text }) =>
          numberIn(text) % 3 === 0 && ofNumber(text) < 3 ? { code: 'InternalFailure' } : undefined;
        fake.fault = ({ entries }) =>
          entries.some(({ text }) => numberIn(text) % 7 === 1 && ofNumber(text) < 2)
            ? { code: 'ServiceUnavailable', status: 503 }
            : undefined;
        await Promise.all(
          upTo(24).map((number) => sendNumber(harness, sink, number, { item: `item-${number % 4}` })),
        );
        const arrived = await harness.arrived();
        expect(arrived).toHaveLength(24);
        for (const item of upTo(4)) {
          const own = arrived.filter((number) => number % 4 === item);
          expect(own).toEqual(sorted(own));
        }
      },
    );
  });
}

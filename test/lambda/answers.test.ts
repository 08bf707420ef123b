import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventOf } from '../fixtures/events.ts';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { failedAt, inserted, OK } from './events.ts';
import { FakeLambda } from './fake-lambda.ts';
import { bytesOf, bytesOfOutcome, invokeLocally } from './same-answer.ts';

let functions: Bundles;

beforeAll(async () => {
  functions = await bundles('functions.ts');
});

afterAll(() => functions?.remove());

/** One item, whose text is a number. */
function counted(text: number): object {
  const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' };
  return {
    ...eventOf({ id: 'a', newImage: { text: { S: `${text}` } } }),
    window,
    state: {},
    shardId: 'shard-1',
    eventSourceARN:
      'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
  };
}

/** An event of exactly so many bytes. Its record 50 fails. */
function largeEvent(bytes: number): string {
  const textOf = (index: number): string => `€${'x'.repeat(index === 99 ? 0 : 60_000)}`;
  const ids = Array.from({ length: 100 }, (_, index) => (index === 50 ? 'bad-50' : `item-${index}`));
  const event = eventOf(...ids.map((id, index) => ({ id, newImage: { text: { S: textOf(index) } } })));
  const short = JSON.stringify(event);
  return short.replace('"€"', `"€${'y'.repeat(bytes - Buffer.byteLength(short))}"`);
}

const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;
describe.each(FORMATS)('a function in a minified bundle, %s, answers as it does locally:', (format) => {
  test.each<[promise: string, name: string, event: unknown, answer: string | RegExp]>([
    ['a router succeeds', 'router', inserted('a-1', 'a-2'), OK],
    ['a router reports its first failure', 'router', inserted('a-1', 'bad-1', 'bad-2'), failedAt(1)],
    ['a router answers before its timeout', 'router', inserted('a-1', 'stuck-1', 'a-2'), failedAt(1)],
    ['a router answers an empty event', 'router', { Records: [] }, OK],
    ['a router throws at an event of another service', 'router', { detail: {} }, /InvalidEventError/],
    ['a router throws at an event of a window', 'router', counted(1), /WINDOW_MISMATCH|window/],
    ['without partial responses, a failure throws', 'throwing', inserted('a-1', 'bad-1'), /BatchFailedError/],
    ['processBatch reports its first failure', 'batch', inserted('a-1', 'bad-1'), failedAt(1)],
    ['a router in Middy, with Powertools Logger', 'withMiddy', inserted('a-1', 'bad-1'), failedAt(1)],
    ['a loop with streamRecords', 'loop', inserted('a-1', 'a-2', 'bad-1'), failedAt(2)],
    ['OrderedStreamProcessor', 'withPowertoolsBatch', inserted('a-1', 'bad-1', 'a-2'), failedAt(1)],
    ['an event of 6 MB', 'router', largeEvent(6 * 1024 * 1024), failedAt(50)],
    ['a response of 6 MB and 100 bytes', 'answering', { text: 'x', times: MAX_RESPONSE_BYTES - 2 }, /^"x/],
    [
      'such a response of two-byte letters',
      'answering',
      { text: 'é', times: MAX_RESPONSE_BYTES / 2 - 1 },
      /^"é/,
    ],
    [
      'the state of a window, near 6 MB',
      'windowed',
      counted(3_145_000),
      /^{"batchItemFailures":\[\],"state":{"text":"é/,
    ],
    [
      'a state of a window that is too large',
      'windowed',
      counted(3_146_000),
      /STATE_TOO_LARGE|too large|larger/,
    ],
    ['undefined becomes null', 'undefinedAnswer', {}, 'null'],
  ])('%s', async (_promise, name, event, answer) => {
    const json = typeof event === 'string' ? event : JSON.stringify(event);
    // Long, except where it runs out: a cold start on a busy machine takes time of its first event.
    const timeoutMs = json.includes('stuck') ? 1500 : 10_000;
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: `index.${name}`,
      timeoutMs,
    });

    const remote = await lambda.invoke(json);
    const warm = await lambda.invoke(json);
    const local = await invokeLocally(functions.files[format], name, json, timeoutMs);

    const bytes = bytesOf(remote);
    expect(
      bytes === bytesOfOutcome(local),
      `${bytes.slice(0, 500)}\n${bytesOfOutcome(local).slice(0, 500)}`,
    ).toBe(true);
    expect(bytesOf(warm) === bytes, bytesOf(warm).slice(0, 500)).toBe(true);
    expect(warm.pid).toBe(remote.pid);
    if (typeof answer === 'string') expect(bytes).toBe(answer);
    else expect(bytes.slice(0, 500)).toMatch(answer);
  });
});

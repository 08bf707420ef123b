import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test, vi } from 'vitest';
import { Call, copyOf, type Entry, entryOr, isEntry } from '../../src/powertools/call.ts';
import { recordOf } from '../fixtures/events.ts';

const noop = (): void => {};
const [first, second] = [recordOf({}, 0), recordOf({}, 1)] as [never, never];
const succeeded: Entry = ['success', 'result', first];
const failed: Entry = ['fail', 'no', second];

describe('a call', () => {
  test('keeps its records, whatever is done to the list that was registered', () => {
    const records = [first, second];
    const call = new Call({}, { handler: noop, options: undefined, records });
    records.length = 0;
    expect(call.input.records).toEqual([first, second]);
  });

  test('gives the entries in the order of its records, and leaves out records that did not finish', () => {
    const call = new Call(
      {},
      {
        handler: noop,
        options: undefined,
        records: [first, recordOf({}, 2) as never, second],
      },
    );
    call.add(second, failed);
    call.add(first, succeeded);
    expect(call.result()).toEqual([succeeded, failed]);
  });

  test('gives each occurrence of a record a separate entry, in the order in which they ended', () => {
    const call = new Call({}, { handler: noop, options: undefined, records: [first, first, first] });
    const again: Entry = ['fail', 'the second time', first];
    call.add(first, succeeded);
    call.add(first, again);
    expect(call.result()).toEqual([succeeded, again]);
  });

  test('begins open, without a itemFailures, errors and messages', () => {
    const call = new Call({}, { handler: noop, options: undefined, records: [] });
    expect(call).toMatchObject({
      itemFailures: undefined,
      closed: false,
      succeeded: 0,
      messages: { errors: [], failureMessages: [], successMessages: [] },
    });
    expect(call.result()).toEqual([]);
  });
});

describe('the call that code runs for', () => {
  const input = { handler: noop, options: undefined, records: [] };
  const [one, other] = [{}, {}];

  test('is the one of the processor that asks, also after an await and within calls of others', async () => {
    const call = new Call(one, input);
    const seen = await call.run(async () => {
      await undefined;
      const inner = new Call(other, input);
      return inner.run(() => [Call.of(one) === call, Call.of(other) === inner]);
    });
    expect(seen).toEqual([true, true]);
  });

  test('is the inner one where a call of the same processor has another within it', () => {
    const call = new Call(one, input);
    const inner = call.run(() => new Call(one, input));
    expect(call.run(() => inner.run(() => Call.of(one)))).toBe(inner);
  });

  test('is undefined outside of calls, and for another processor', () => {
    expect(Call.of(one)).toBeUndefined();
    expect(new Call(one, input).run(() => Call.of(other))).toBeUndefined();
  });

  test('is none that was closed before the inner one was made', () => {
    const call = new Call(one, input);
    const inner = call.run(() => {
      call.closed = true;
      return new Call(other, input);
    });
    expect(inner.run(() => Call.of(one))).toBeUndefined();
  });

  test('is known by one AsyncLocalStorage for all processors, as Node keeps each of them for good', () => {
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    for (const owner of [one, other]) new Call(owner, input).run(noop);
    expect(new Set(run.mock.contexts).size).toBe(1);
    run.mockRestore();
  });
});

test.each([
  ['text', 'records'],
  ['nothing', undefined],
])('%s in place of records is left to be refused later', (_, records) => {
  expect(copyOf(records as never)).toBe(records);
});

test.each<[what: string, value: unknown, entry: boolean]>([
  ['a success', ['success', undefined, first], true],
  ['a failure', ['fail', 'no', first], true],
  ['another list', ['skipped'], false],
  ['an empty list', [], false],
  ['an object like a list', { 0: 'success', length: 3 }, false],
  ['nothing', undefined, false],
])('%s is an entry, or is not', (_, value, entry) => {
  expect(isEntry(value)).toBe(entry);
  expect(entryOr(value, failed)).toBe(entry ? value : failed);
});

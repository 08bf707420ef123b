import { describe, expect, test } from 'vitest';
import type { RecordContext } from '../../src/batch/record-context.ts';
import { isThenable } from '../../src/promise/thenable.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import { type Route, routeOf, runRoutes } from '../../src/router/route.ts';
import { memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const record = new LazyRecord(recordOf(), { toNumber: Number, viewType: 'KEYS_ONLY' });
const context = { signal: new AbortController().signal } as RecordContext;

const handler = () => {};
const condition = () => true;

describe('routeOf', () => {
  test('takes a handler, or a condition and a handler', () => {
    expect(routeOf('onInsert', [handler])).toEqual({ condition: undefined, handler });
    expect(routeOf('onInsert', [condition, handler])).toEqual({ condition, handler });
  });

  test.each<[string, readonly unknown[], RegExp]>([
    ['nothing', [], /the handler has to be a function, got undefined/],
    ['undefined', [undefined], /the handler has to be a function, got undefined/],
    ['an object', [{}], /the handler has to be a function, got an object/],
    ['a promise of a handler', [Promise.resolve(handler)], /the handler has to be a function/],
    ['a condition alone, twice wrapped', [[condition]], /got an array/],
    [
      'a condition without a handler',
      [condition, undefined],
      /the handler has to be a function, got undefined/,
    ],
    [
      'a handler without its condition',
      [undefined, handler],
      /the condition has to be a function, got undefined/,
    ],
    ['a value as condition', [true, handler], /the condition has to be a function, got true/],
    // The last one would be a handler that never runs, and its records would count as succeeded.
    ['two conditions and a handler', [condition, condition, handler], /got 3 arguments/],
  ])('refuses %s', (_, args, message) => {
    const make = () => routeOf('onInsert', args);
    expect(make).toThrow(expect.objectContaining({ name: 'ConfigurationError', code: 'INVALID_HANDLER' }));
    expect(make).toThrow(message);
    expect(make).toThrow('Use onInsert(handler) or onInsert(condition, handler)');
  });
});

describe('runRoutes', () => {
  type Kind = 'sync' | 'async' | 'thenable' | 'no match';

  /** Routes that note when they start and end. */
  function routesOf(kinds: readonly Kind[], seen: string[]): Route[] {
    return kinds.map((kind, index) => ({
      condition: kind === 'no match' ? () => false : index % 2 === 0 ? undefined : () => true,
      handler: () => {
        seen.push(`start ${index}`);
        if (kind === 'sync') return void seen.push(`end ${index}`);
        const done = Promise.resolve()
          .then(() => Promise.resolve())
          .then(() => void seen.push(`end ${index}`));
        // biome-ignore lint/suspicious/noThenProperty: handlers may return any thenable
        return kind === 'async' ? done : { then: done.then.bind(done) };
      },
    }));
  }

  const KINDS: readonly Kind[] = ['sync', 'async', 'thenable', 'no match'];
  const combinations = KINDS.flatMap((a) => KINDS.flatMap((b) => KINDS.map((c) => [a, b, c])));

  test.each(combinations)(
    'all that match run one after the other, in order: %s, %s, %s',
    async (...kinds) => {
      const seen: string[] = [];
      const result = runRoutes(routesOf(kinds, seen), record, context);
      const waits = kinds.some((kind) => kind === 'async' || kind === 'thenable');
      expect(isThenable(result)).toBe(waits);
      await result;
      expect(seen).toEqual(
        kinds.flatMap((kind, index) => (kind === 'no match' ? [] : [`start ${index}`, `end ${index}`])),
      );
    },
  );

  test('handlers and conditions get the record, handlers the context', () => {
    const seen: unknown[] = [];
    const route: Route = {
      condition: (...args) => seen.push(args) > 0,
      handler: (...args) => void seen.push(args),
    };
    runRoutes([route], record, context);
    expect(seen).toEqual([[record], [record, context]]);
  });

  test.each([
    [
      'sync',
      () => {
        throw undefined;
      },
    ],
    [
      'async',
      async () => {
        throw undefined;
      },
    ],
  ])('after a %s failure no further route runs, whatever was thrown', async (_, failing) => {
    const seen: string[] = [];
    const routes: Route[] = [
      ...routesOf(['async'], seen),
      { condition: undefined, handler: failing },
      ...routesOf(['sync'], seen),
    ];
    let failed = false;
    await (runRoutes(routes, record, context) as Promise<void>).catch(() => {
      failed = true;
    });
    expect(failed).toBe(true);
    expect(seen).toEqual(['start 0', 'end 0']);
  });

  test.each(['sync', 'async'])(
    'each route gets the item as it was, whatever a %s one before it did to it',
    async (kind) => {
      const seen: unknown[] = [];
      const opened = new LazyRecord(recordOf({ id: 'a', newImage: { total: { N: '1.5' } } }), {
        toNumber: Number,
        viewType: 'NEW_AND_OLD_IMAGES',
      });
      const spoiling = (record: LazyRecord): unknown => {
        const image = record.newImage as { total: number };
        seen.push(structuredClone([image, record.keys]));
        image.total *= 100;
        Object.assign(record.keys, { id: 'spoilt' });
        return kind === 'async' ? Promise.resolve() : undefined;
      };
      const whole = ({ newImage }: LazyRecord): boolean => (newImage as { total: number }).total === 1.5;
      await runRoutes(
        [
          { condition: undefined, handler: spoiling },
          { condition: whole, handler: spoiling },
          { condition: () => false, handler: spoiling },
          { condition: whole, handler: spoiling },
        ],
        opened,
        context,
      );
      expect(seen).toEqual(new Array(3).fill([{ id: 'a', total: 1.5 }, { id: 'a' }]));
    },
  );

  test('after the deadline no further route starts, and that is logged', async () => {
    const seen: string[] = [];
    const deadline = new AbortController();
    const logger = memoryLogger();
    const result = runRoutes(routesOf(['async', 'no match', 'sync', 'sync'], seen), record, {
      ...context,
      logger,
      signal: deadline.signal,
    });
    const reason = new Error('deadline');
    deadline.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(seen).toEqual(['start 0', 'end 0']);
    expect(logger.entries).toEqual([
      {
        level: 'warn',
        message: 'Deadline reached: the next route was not started',
        fields: {
          eventID: '0'.repeat(32),
          sequenceNumber: sequenceNumberAt(0),
          tableName: 'Invoices',
          eventName: 'INSERT',
        },
      },
    ]);
  });

  test('after the deadline a record with no further route that matches has still succeeded', async () => {
    const seen: string[] = [];
    const deadline = new AbortController();
    const routes = routesOf(['async', 'no match'], seen);
    const result = runRoutes(routes, record, { ...context, signal: deadline.signal });
    deadline.abort();
    await expect(result).resolves.toBeUndefined();
  });

  test('a condition that throws, or answers with a promise, throws', () => {
    const error = new Error('condition');
    const throwing = () => {
      throw error;
    };
    expect(() => runRoutes([{ condition: throwing, handler }], record, context)).toThrow(error);
    const waiting = (async () => true) as unknown as () => boolean;
    expect(() => runRoutes([{ condition: waiting, handler }], record, context)).toThrow(
      expect.objectContaining({ code: 'ASYNC_CONDITION' }),
    );
  });
});

describe('isThenable', () => {
  // biome-ignore lint/suspicious/noThenProperty: the test is about thenables
  const objects = [{ then() {} }, Object.assign(() => {}, { then() {} }), Promise.resolve()];
  test.each(objects)('takes a value with a then method: %o', (value) => expect(isThenable(value)).toBe(true));

  // biome-ignore lint/suspicious/noThenProperty: the test is about thenables
  test.each([undefined, null, 0, '', 'then', true, {}, { then: true }, () => {}, []])(
    'and nothing else: %o',
    (value) => expect(isThenable(value)).toBe(false),
  );
});

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineTable,
  itemFrom,
  type RecordMiddleware,
  streamRouter,
  ValidationError,
} from '../../src/index.ts';
import { type ValidatedRecord, validate } from '../../src/middleware/validate.ts';
import { contextOf, eventOf, memoryLogger, type RecordSketch, sequenceNumberAt } from '../fixtures/events.ts';

type Router = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

const NOT_FAILED = { batchItemFailures: [] };
const good = { total: { N: '12' } };
const bad = { total: { S: 'hunter2' } };

const SCHEMAS: readonly [string, StandardSchemaV1][] = [
  ['zod', z.object({ id: z.string(), total: z.number() })],
  ['asynchronous zod', z.object({ id: z.string(), total: z.number() }).refine(async () => true)],
  ['valibot', v.object({ id: v.string(), total: v.number() })],
  ['arktype', type({ id: 'string', total: 'number' })],
];

/** Runs one record; gives the handlers' view and the record's error. */
async function run(schema: StandardSchemaV1, sketch: RecordSketch) {
  const handled: unknown[] = [];
  const logger = memoryLogger();
  const options = { logger, viewType: sketch.viewType ?? 'NEW_AND_OLD_IMAGES' } as { logger: typeof logger };
  const keep = (record: object) => void handled.push(record);
  const router = streamRouter(options).use(validate(schema)).onInsert(keep).onModify(keep).onRemove(keep);
  const response = await router(eventOf(sketch), contextOf());
  return { response, handled, error: logger.entries.find(({ level }) => level === 'error')?.fields.error };
}

describe.each(SCHEMAS)('validate with %s', (_, schema) => {
  test.each<RecordSketch>([
    { eventName: 'INSERT', newImage: good },
    { eventName: 'MODIFY', newImage: good, oldImage: good },
    { eventName: 'REMOVE', oldImage: good },
    { eventName: 'MODIFY', newImage: good, viewType: 'NEW_IMAGE' },
    { eventName: 'INSERT', viewType: 'OLD_IMAGE' },
    { eventName: 'REMOVE', viewType: 'NEW_IMAGE' },
    { eventName: 'MODIFY', viewType: 'KEYS_ONLY' },
  ])('lets %j pass: it checks the images that are there', async (sketch) => {
    expect(await run(schema, sketch)).toMatchObject({
      response: NOT_FAILED,
      handled: [{}],
      error: undefined,
    });
  });

  test.each<[string, RecordSketch]>([
    ['newImage', { eventName: 'INSERT', newImage: bad }],
    ['newImage', { eventName: 'MODIFY', newImage: bad, oldImage: good }],
    ['oldImage', { eventName: 'MODIFY', newImage: good, oldImage: bad }],
    ['oldImage', { eventName: 'REMOVE', oldImage: bad }],
    ['newImage', { eventName: 'MODIFY', newImage: bad, viewType: 'NEW_IMAGE' }],
  ])(
    'fails a record for its %s, by its paths and not its values, before any handler: %j',
    async (image, sketch) => {
      const { response, handled, error } = await run(schema, sketch);
      expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
      expect(handled).toEqual([]);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({ code: 'VALIDATION_FAILED', retryable: false, paths: ['total'] });
      expect((error as Error).message).toContain(image);
      expect((error as Error).message).not.toContain('hunter2');
    },
  );

  test('fails a record once if both images do not fit, without an unhandled rejection', async () => {
    const { error } = await run(schema, { eventName: 'MODIFY', newImage: bad, oldImage: bad });
    expect(error).toBeInstanceOf(ValidationError);
    await new Promise(setImmediate);
  });
});

describe('validate', () => {
  test('checks, and changes nothing: handlers get the item unchanged', async () => {
    const { handled } = await run(z.object({ id: z.string(), status: z.string().default('OPEN') }), {
      newImage: { extra: { S: 'kept' } },
    });
    expect(handled).toMatchObject([{ newImage: { id: 'item-0', extra: 'kept' } }]);
    expect((handled[0] as { newImage: object }).newImage).not.toHaveProperty('status');
  });

  test.each([
    ['synchronous', (result: unknown) => result],
    ['asynchronous', async (result: unknown) => result],
  ])('hands a %s schema a copy, so that its changes are not seen by others', async (_, answer) => {
    const spoiling = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (item: { total?: number; lines: { price: number }[]; tags: Set<string> }) => {
          delete item.total;
          (item.lines[0] as { price: number }).price = 0;
          item.tags.add('spoilt');
          return answer({ value: item });
        },
      },
    } as unknown as StandardSchemaV1;
    const image = { ...good, lines: { L: [{ M: { price: { N: '5' } } }] }, tags: { SS: ['a'] } };
    const before: unknown[] = [];
    const handled: unknown[] = [];
    const router = streamRouter()
      .use((record, _context, next) => {
        // An image that was read already.
        if (record.eventName === 'MODIFY') before.push(record.newImage, record.oldImage);
        return next();
      })
      .use(validate(spoiling))
      .onModify(({ newImage, oldImage }) => void handled.push(newImage, oldImage));
    const sketch = { eventName: 'MODIFY' as const, newImage: image, oldImage: image };
    expect(await router(eventOf(sketch), contextOf())).toEqual(NOT_FAILED);
    const item = { id: 'item-0', total: 12, lines: [{ price: 5 }], tags: new Set(['a']) };
    expect(before).toEqual([item, item]);
    expect(handled).toEqual([item, item]);
  });

  /** Keeps its state in a private field, which a copy does not have. */
  class Money {
    #cents: number;
    constructor(cents: number) {
      this.#cents = cents;
    }
    get cents(): number {
      return this.#cents;
    }
    spoil(): void {
      this.#cents = 0;
    }
  }
  const transformed = itemFrom(({ id, total }: { id: string; total: number }) => ({
    id,
    total: new Money(total),
  }));

  test.each<
    [string, (layer: RecordMiddleware<ValidatedRecord>, seen: (total: unknown) => void) => Router, unknown]
  >([
    [
      'a NumberValue',
      (layer, seen) =>
        streamRouter<{ total: { value: string } }>({ numbers: 'exact' })
          .use(layer)
          .onModify(({ newImage, oldImage }) =>
            [newImage, oldImage].forEach(({ total }) => void seen(total.value)),
          ),
      '12345678901234567890',
    ],
    [
      'what numbers makes',
      (layer, seen) =>
        streamRouter<{ total: Money }>({ numbers: (text) => new Money(Number(text)) })
          .use(layer)
          .onModify(({ newImage, oldImage }) =>
            [newImage, oldImage].forEach(({ total }) => void seen(total.cents)),
          ),
      12345678901234567000,
    ],
    [
      'what the schema of the table makes',
      (layer, seen) =>
        streamRouter(defineTable({ name: 'T', keys: ['id'], item: transformed }), {
          numbers: (text) => Number(text),
        })
          .use(layer)
          .onModify(({ newImage, oldImage }) =>
            [newImage, oldImage].forEach(({ total }) => void seen(total.cents)),
          ),
      12345678901234567000,
    ],
  ])('hands on %s as it was before a schema changed it', async (_, routerOf, total) => {
    const spoiling = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (item: { total: Money & { value?: string } }) => {
          if (item.total instanceof Money) item.total.spoil();
          else Object.assign(item.total, { value: '0' });
          return { value: item };
        },
      },
    } as unknown as StandardSchemaV1;
    const seen: unknown[] = [];
    const router = routerOf(validate(spoiling), (value) => void seen.push(value));
    const image = { total: { N: '12345678901234567890' } };
    const event = eventOf({ eventName: 'MODIFY', newImage: image, oldImage: image });
    expect(await router(event, contextOf())).toEqual(NOT_FAILED);
    expect(seen).toEqual([total, total]);
  });

  test('keeps synchronous handlers of a synchronous schema synchronous', () => {
    const layer = validate(z.object({}));
    expect(layer({ newImage: {} } as never, {} as never, () => undefined)).toBeUndefined();
  });

  test('returns the result of next() unchanged', async () => {
    const asynchronous = z.object({}).refine(async () => true);
    const layer = validate(asynchronous);
    const failing = async () => {
      throw undefined;
    };
    const came = await Promise.resolve(layer({ newImage: {} } as never, {} as never, failing)).then(
      () => 'succeeded',
      (error) => [error],
    );
    expect(came).toEqual([undefined]);
  });

  test('waits for a schema that refuses asynchronously: no handler runs', async () => {
    const refusing: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'test', validate: async () => ({ issues: [{ message: 'no' }] }) },
    };
    const handled: string[] = [];
    const router = streamRouter({ logger: memoryLogger() })
      .use(validate(refusing))
      .onInsert(({ sequenceNumber }) => void handled.push(sequenceNumber));
    expect((await router(eventOf({}), contextOf())).batchItemFailures).toHaveLength(1);
    expect(handled).toEqual([]);
  });

  test.each(['newImage', 'oldImage'])(
    'no check runs on beside a retry of its record: %s fails first',
    async (bad) => {
      let running = 0;
      const beside: number[] = [];
      const slow = {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: async (item: { id: string; bad?: boolean }) => {
            if (item.bad) return { issues: [{ message: 'no' }] };
            beside.push(running);
            running++;
            await new Promise((resolve) => setTimeout(resolve, 10));
            running--;
            return { value: item };
          },
        },
      } as unknown as StandardSchemaV1;
      const again: RecordMiddleware<never> = async (_record, _context, next) => {
        try {
          await next();
        } catch {
          await next();
        }
      };
      const router = streamRouter({ logger: false })
        .use(again as never)
        .use(validate(slow))
        .onModify(() => {});
      const sketch = {
        eventName: 'MODIFY' as const,
        newImage: {},
        oldImage: {},
        [bad]: { bad: { BOOL: true } },
      };
      await router(eventOf(sketch));
      expect(beside).toEqual([0, 0]);
      expect(running).toBe(0);
    },
  );

  test('checks records that no route takes too', async () => {
    const router = streamRouter({ logger: memoryLogger() }).use(validate(z.object({ total: z.number() })));
    expect((await router(eventOf({ newImage: bad }), contextOf())).batchItemFailures).toHaveLength(1);
  });

  test.each([undefined, null, {}, z, { '~standard': {} }, () => true])(
    'refuses %o, which is not a schema',
    (schema) => {
      expect(() => validate(schema as never)).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          message: expect.stringContaining('Standard Schema'),
        }),
      );
    },
  );
});

import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { changed, defineTable, streamRouter } from '../../src/index.ts';
import { contextOf, eventOf, memoryLogger, type RecordSketch, sequenceNumberAt } from '../fixtures/events.ts';

const SECRET = 'very-secret-content';
const DONE = { batchItemFailures: [] };

interface Item {
  id: string;
  status: 'OPEN' | 'PAID';
  /** In the table a number of seconds, in handlers a Date: what the schema makes of it. */
  at: Date;
}

const dateOf = (seconds: number) => new Date(seconds * 1000);
const zodItem = z.object({
  id: z.string(),
  status: z.enum(['OPEN', 'PAID']),
  at: z.number().transform(dateOf),
});
const valibotItem = v.object({
  id: v.string(),
  status: v.picklist(['OPEN', 'PAID']),
  at: v.pipe(v.number(), v.transform(dateOf)),
});
const arktypeItem = type({ id: 'string', status: "'OPEN' | 'PAID'", at: type('number').pipe(dateOf) });
const zodAsync = zodItem.refine(async (item) => item.id !== SECRET, { path: ['id'] });
const valibotAsync = v.pipeAsync(
  valibotItem,
  v.forwardAsync(
    v.checkAsync(async (item) => item.id !== SECRET),
    ['id'],
  ),
);

const tableOf = <Schema extends typeof zodItem>(item: Schema) =>
  defineTable({ name: 'T', item, keys: ['id'] });
// One type for all five: they make the same of an image.
const TABLES: readonly [string, ReturnType<typeof tableOf>][] = [
  ['zod', tableOf(zodItem)],
  ['valibot', tableOf(valibotItem as never)],
  ['arktype', tableOf(arktypeItem as never)],
  ['zod, asynchronous', tableOf(zodAsync as never)],
  ['valibot, asynchronous', tableOf(valibotAsync as never)],
];

const image = (status: string, at = '60') => ({ status: { S: status }, at: { N: at } });

describe.each(TABLES)('%s', (_, table) => {
  test('handlers and predicates get the image that the schema returns; changed reads the stored values', async () => {
    const seen: Item[] = [];
    const compared: unknown[] = [];
    const router = streamRouter(table)
      .onInsert(({ newImage }) => void seen.push(newImage))
      .onModify(changed('at', { to: 120 }), ({ newImage }) => void seen.push(newImage))
      .onModify(
        ({ oldImage, newImage }) => compared.push(oldImage.at.getTime(), newImage.at.getTime()) < 0,
        () => {},
      );
    const event = eventOf(
      { id: 'a', newImage: image('OPEN') },
      { eventName: 'MODIFY', id: 'a', oldImage: image('OPEN'), newImage: image('OPEN', '120') },
      { eventName: 'MODIFY', id: 'a', oldImage: image('OPEN'), newImage: image('OPEN', '180') },
    );
    expect(await router(event, contextOf())).toEqual(DONE);
    expect(seen).toEqual([
      { id: 'a', status: 'OPEN', at: new Date(60_000) },
      { id: 'a', status: 'OPEN', at: new Date(120_000) },
    ]);
    expect(compared).toEqual([60_000, 120_000, 60_000, 180_000]);
  });

  const good: RecordSketch = { newImage: image('OPEN'), oldImage: image('OPEN') };
  test.each<[string, RecordSketch, string]>([
    ['INSERT', { ...good, newImage: image(SECRET) }, 'status'],
    ['MODIFY, new', { ...good, eventName: 'MODIFY', newImage: image(SECRET) }, 'status'],
    [
      'MODIFY, old',
      { ...good, eventName: 'MODIFY', oldImage: { ...image('OPEN'), at: { S: SECRET } } },
      'at',
    ],
    ['REMOVE', { ...good, eventName: 'REMOVE', oldImage: image(SECRET) }, 'status'],
  ])(
    'an image that does not fit fails its record with the path, and its neighbours are handled: %s',
    async (__, sketch, path) => {
      const logger = memoryLogger();
      const handled: unknown[] = [];
      const note = ({ keys }: { readonly keys: { readonly id: string } }) => void handled.push(keys.id);
      const router = streamRouter(table, { logger }).onInsert(note).onModify(note).onRemove(note);
      const event = eventOf({ ...good, id: 'a' }, { ...good, id: 'b' }, { ...sketch, id: 'c' });
      expect(await router(event, contextOf())).toEqual({
        batchItemFailures: [{ itemIdentifier: sequenceNumberAt(2) }],
      });
      expect(handled).toEqual(['a', 'b']);
      const failures = logger.entries.filter(({ level }) => level === 'error');
      expect(failures).toHaveLength(1);
      expect(failures[0]?.fields.error).toMatchObject({ code: 'VALIDATION_FAILED', paths: [path] });
      expect(String(failures[0]?.fields.error)).not.toContain(SECRET);
    },
  );

  test('a record that no handler gets is not checked', async () => {
    const router = streamRouter(table).onRemove(() => Promise.reject('never'));
    expect(await router(eventOf({ newImage: image(SECRET) }), contextOf())).toEqual(DONE);
  });
});

describe.each(TABLES.filter(([name]) => name.includes('asynchronous')))('%s', (_, table) => {
  test('a check that fails later fails its record', async () => {
    const logger = memoryLogger();
    const handled: string[] = [];
    const router = streamRouter(table, { logger }).onInsert(({ newImage }) => void handled.push(newImage.id));
    const event = eventOf({ id: 'a', newImage: image('OPEN') }, { id: SECRET, newImage: image('OPEN') });
    expect(await router(event, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
    });
    expect(handled).toEqual(['a']);
    const error = logger.entries.find(({ level }) => level === 'error')?.fields.error;
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', paths: ['id'] });
    expect(String(error)).not.toContain(SECRET);
  });

  test('a middleware that reads an image before it is checked fails the record', async () => {
    const logger = memoryLogger();
    const router = streamRouter(table, { logger })
      .use((record, __, next) => (record.eventName === 'INSERT' && record.newImage ? next() : undefined))
      .onInsert(() => {});
    const response = await router(eventOf({ newImage: image('OPEN') }), contextOf());
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    expect(logger.entries[0]?.fields.error).toMatchObject({ code: 'ASYNC_SCHEMA' });
  });
});

test('a schema that throws fails its record, whatever it throws', async () => {
  const broken = zodItem.transform(() => {
    throw undefined;
  });
  const table = tableOf(broken as never);
  const router = streamRouter(table, { logger: memoryLogger() }).onInsert(() => {});
  const response = await router(eventOf({ newImage: image('OPEN') }), contextOf());
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
});

test('a middleware may read an image before the check of a synchronous schema: it is checked then, and the handler has its own', async () => {
  const seen: unknown[] = [];
  const router = streamRouter(tableOf(zodItem))
    .use((record, _, next) => {
      if (record.eventName === 'INSERT') seen.push(record.newImage);
      return next();
    })
    .onInsert(({ newImage }) => void seen.push(newImage));
  expect(await router(eventOf({ id: 'a', newImage: image('OPEN') }), contextOf())).toEqual(DONE);
  const checked = { id: 'a', status: 'OPEN', at: new Date(60_000) };
  expect(seen).toEqual([checked, checked]);
  expect(seen[0]).not.toBe(seen[1]);
});

test.each([
  ['synchronous', (result: unknown) => result],
  ['asynchronous', async (result: unknown) => result],
])('a %s schema that changes its input changes its own output alone', async (_, answer) => {
  const validate = (item: Record<string, unknown>) => {
    Object.assign(item, { id: 'spoilt', tags: 'spoilt' });
    return answer({ value: item });
  };
  const item = { '~standard': { version: 1, vendor: 'test', validate } } as never;
  const seen: unknown[] = [];
  const router = streamRouter(defineTable({ name: 'T', item, keys: ['id'] as never })).onModify((record) => {
    const { keys, newImage, oldImage } = record as unknown as Record<string, unknown>;
    seen.push(keys, newImage, oldImage);
  });
  const event = eventOf({ eventName: 'MODIFY', id: 'a', newImage: image('OPEN'), oldImage: image('PAID') });
  const before = structuredClone(event);
  expect(await router(event, contextOf())).toEqual(DONE);
  const spoilt = { id: 'spoilt', tags: 'spoilt', at: 60 };
  expect(seen).toEqual([{ id: 'a' }, { ...spoilt, status: 'OPEN' }, { ...spoilt, status: 'PAID' }]);
  expect(event).toEqual(before);
});

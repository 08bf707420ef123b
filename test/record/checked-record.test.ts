import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { CheckedRecord } from '../../src/record/checked-record.ts';
import { openRecord, type RecordReading } from '../../src/record/lazy-record.ts';
import { imageChecks } from '../../src/record/schema.ts';
import { tableRecords } from '../../src/record/table-records.ts';
import { recordOf } from '../fixtures/events.ts';

function open(
  schema: StandardSchemaV1 | undefined,
  raw: DynamoDBRecord,
  reading: Partial<RecordReading> = {},
): CheckedRecord {
  return openRecord(raw, {
    toNumber: Number,
    viewType: 'NEW_AND_OLD_IMAGES',
    open: tableRecords({ checks: schema && imageChecks(schema) }),
    ...reading,
  }) as CheckedRecord;
}

describe('validate checks the images against the schema before they are read', () => {
  const Item = z.object({ id: z.string().transform((id) => `checked ${id}`) });
  const slow = (isGood: (image: { id: string }) => boolean): StandardSchemaV1 => ({
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (image) =>
        isGood(image as { id: string })
          ? { value: { checked: image } }
          : { issues: [{ message: 'no', path: ['id'] }] },
    },
  });

  test('without a schema there is nothing to do', () => {
    expect(open(undefined, recordOf()).validate()).toBeUndefined();
  });

  test.each([
    ['INSERT', { id: 'checked a' }, undefined],
    ['MODIFY', { id: 'checked a' }, { id: 'checked a' }],
    ['REMOVE', undefined, { id: 'checked a' }],
  ] as const)(
    '%s: reads return the images that the schema made, and it makes each once',
    (eventName, newImage, oldImage) => {
      const validate = vi.spyOn(Item['~standard'], 'validate');
      const record = open(Item, recordOf({ eventName, id: 'a' }));
      expect(record.validate()).toBeUndefined();
      expect([record.newImage, record.oldImage]).toEqual([newImage, oldImage]);
      expect(record.validate()).toBeUndefined();
      expect(validate).toHaveBeenCalledTimes(eventName === 'MODIFY' ? 2 : 1);
      validate.mockRestore();
    },
  );

  test('an image read before is checked when it is read, and not again', () => {
    const validate = vi.spyOn(Item['~standard'], 'validate');
    const record = open(Item, recordOf({ id: 'a' }));
    expect(record.newImage).toEqual({ id: 'checked a' });
    record.validate();
    expect(validate).toHaveBeenCalledTimes(1);
    validate.mockRestore();
  });

  test('an asynchronous schema is waited for', async () => {
    const record = open(
      slow(() => true),
      recordOf({ eventName: 'MODIFY', id: 'a' }),
    );
    await record.validate();
    expect(record.newImage).toEqual({ checked: { id: 'a' } });
    expect(record.oldImage).toEqual({ checked: { id: 'a' } });
  });

  test('an image that is read before its asynchronous schema has checked it is refused', async () => {
    const record = open(
      slow(() => true),
      recordOf({ eventName: 'MODIFY' }),
    );
    expect(() => record.newImage).toThrow(expect.objectContaining({ code: 'ASYNC_SCHEMA' }));
    expect(() => record.oldImage).toThrow(expect.objectContaining({ code: 'ASYNC_SCHEMA' }));
    await record.validate();
    expect(record.newImage).toEqual({ checked: { id: 'item-0' } });
  });

  test('only the images that the declared view type carries are checked', () => {
    // The stream carries more than declared; what no handler can read must not fail the record.
    const raw = recordOf({ eventName: 'MODIFY', id: 'a', oldImage: { id: { N: '1' } } });
    expect(open(Item, raw, { viewType: 'NEW_IMAGE' }).validate()).toBeUndefined();
    expect(open(Item, raw, { viewType: 'KEYS_ONLY' }).validate()).toBeUndefined();
    for (const viewType of ['OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const)
      expect(() => open(Item, raw, { viewType }).validate()).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', paths: ['id'] }),
      );
  });

  test('a missing image fails', () => {
    const raw = recordOf();
    const without = { ...raw, dynamodb: { ...raw.dynamodb, NewImage: undefined } } as DynamoDBRecord;
    const record = open(Item, without);
    expect(() => record.validate()).toThrow(expect.objectContaining({ code: 'MISSING_IMAGE' }));
  });

  test('when both images fail, one at once and one later, no rejection is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const later = slow(() => false);
      const schema: StandardSchemaV1 = {
        '~standard': {
          ...later['~standard'],
          validate: (image) =>
            (image as { id: string }).id === 'old'
              ? { issues: [{ message: 'no' }] }
              : later['~standard'].validate(image),
        },
      };
      const raw = recordOf({
        eventName: 'MODIFY',
        newImage: { id: { S: 'new' } },
        oldImage: { id: { S: 'old' } },
      });
      await expect(open(schema, raw).validate()).rejects.toMatchObject({
        paths: ['id'],
      });
      const both = open(later, recordOf({ eventName: 'MODIFY' }));
      await expect(both.validate()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      process.off('unhandledRejection', listener);
    }
    expect(unhandled).toEqual([]);
  });
});

describe('after reread()', () => {
  const raw = recordOf(
    { eventName: 'MODIFY', id: 'a', newImage: { n: { N: '2' } }, oldImage: { n: { N: '1' } } },
    0,
  );
  interface Images {
    readonly keys: Record<string, unknown>;
    readonly newImage: Record<string, unknown>;
    readonly oldImage: Record<string, unknown>;
  }
  const spoil = (record: CheckedRecord): void => {
    const { keys, newImage, oldImage } = record as unknown as Images;
    for (const item of [keys, newImage, oldImage]) Object.assign(item, { id: 'spoilt', n: 0, more: true });
  };
  const read = ({ keys, newImage, oldImage }: CheckedRecord) => ({ keys, newImage, oldImage });

  const schemas: readonly [string, z.ZodType][] = [
    ['a synchronous', z.object({ id: z.string(), n: z.number().transform((n) => n * 10) })],
    ['an asynchronous', z.object({ id: z.string(), n: z.number().transform(async (n) => n * 10) })],
  ];
  test.each(schemas)('what %s schema made of them is as it was', async (_, schema) => {
    const record = open(schema, raw);
    const checked = { keys: { id: 'a' }, newImage: { id: 'a', n: 20 }, oldImage: { id: 'a', n: 10 } };
    for (let attempt = 0; attempt < 3; attempt++) {
      await record.validate();
      expect(read(record)).toEqual(checked);
      expect(record.newImage).toBe(record.newImage);
      spoil(record);
      record.reread();
    }
    expect(read(record)).toEqual(checked);
  });

  test('an asynchronous schema is asked once', async () => {
    const validate = vi.fn(async (value: unknown) => ({ value }));
    const schema: StandardSchemaV1 = { '~standard': { version: 1, vendor: 'test', validate } };
    const record = open(schema, raw);
    await record.validate();
    record.reread();
    await record.validate();
    expect(validate).toHaveBeenCalledTimes(2); // both images
  });
});

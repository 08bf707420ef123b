import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineTable, StreamlaneError, streamRouter } from '../../src/index.ts';
import { contextOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

/** The ways in which one record can be malformed, each with the code of the error that fails it. */
const POISONS: readonly { readonly code: string; spoil(record: DynamoDBRecord): DynamoDBRecord }[] = [
  { code: 'UNKNOWN_EVENT_NAME', spoil: (record) => ({ ...record, eventName: 'UPSERT' as 'INSERT' }) },
  { code: 'UNKNOWN_EVENT_NAME', spoil: ({ eventName, ...record }) => record },
  { code: 'MISSING_KEYS', spoil: (record) => change(record, { Keys: undefined }) },
  { code: 'MISSING_KEYS', spoil: (record) => change(record, { Keys: null }) },
  { code: 'INVALID_ATTRIBUTE_VALUE', spoil: (record) => change(record, { NewImage: image({}) }) },
  { code: 'INVALID_ATTRIBUTE_VALUE', spoil: (record) => change(record, { NewImage: image({ X: 'x' }) }) },
  { code: 'INVALID_ATTRIBUTE_VALUE', spoil: (record) => change(record, { NewImage: image({ N: 'many' }) }) },
  {
    code: 'INVALID_ATTRIBUTE_VALUE',
    spoil: (record) => change(record, { NewImage: image({ L: [{ M: 7 }] }) }),
  },
  { code: 'INVALID_ATTRIBUTE_VALUE', spoil: (record) => change(record, { NewImage: image(null) }) },
  { code: 'MISSING_IMAGE', spoil: (record) => change(record, { NewImage: undefined }) },
  { code: 'VALIDATION_FAILED', spoil: (record) => change(record, { NewImage: image({ S: 'refused' }) }) },
];

function change(record: DynamoDBRecord, values: object): DynamoDBRecord {
  return { ...record, dynamodb: { ...record.dynamodb, ...values } };
}

function image(value: unknown): Record<string, AttributeValue> {
  return { id: { S: 'a' }, value: value as AttributeValue };
}

/** A Standard Schema that refuses one value, at once or later. */
function schema(asynchronous: boolean) {
  const validate = (value: unknown) => {
    const refused = (value as { value?: unknown }).value === 'refused';
    return refused
      ? { issues: [{ message: 'refused', path: ['value'] }] }
      : { value: value as { id: string } };
  };
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => (asynchronous ? Promise.resolve(value).then(validate) : validate(value)),
    },
  };
}

test(
  'a fault in one record fails that record, with its code, and none of its neighbours',
  async () => {
    const plan = fc.record({
      length: fc.integer({ min: 1, max: 80 }),
      poisons: fc.array(fc.record({ at: fc.nat(79), poison: fc.constantFrom(...POISONS) }), { maxLength: 4 }),
      asynchronous: fc.record({ schema: fc.boolean(), handler: fc.boolean() }),
      items: fc.integer({ min: 1, max: 20 }),
      concurrency: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ length, poisons, asynchronous, items, concurrency }) => {
        const records = Array.from({ length }, (_, index) =>
          recordOf({ eventName: index % 2 ? 'MODIFY' : 'INSERT', id: `item ${index % items}` }, index),
        );
        const codes = new Map<string, string>();
        for (const { at, poison } of poisons) {
          if (at >= length || codes.has(sequenceNumberAt(at))) continue;
          codes.set(sequenceNumberAt(at), poison.code);
          records[at] = poison.spoil(records[at] as DynamoDBRecord);
        }
        const logger = memoryLogger();
        const handled = new Set<string>();
        const read = (record: { readonly newImage: { id: string }; readonly sequenceNumber: string }) => {
          // Unmarshalled inside the record's own try.
          if (record.newImage.id !== undefined) handled.add(record.sequenceNumber);
        };
        const handle = asynchronous.handler
          ? async (record: Parameters<typeof read>[0]) => read(await Promise.resolve(record))
          : read;
        const table = defineTable({ name: 'Invoices', item: schema(asynchronous.schema), keys: ['id'] });
        const router = streamRouter(table, { logger, concurrency }).onInsert(handle).onModify(handle);
        const response = await router({ Records: records }, contextOf());

        const bad = records.map((_, index) => sequenceNumberAt(index)).filter((name) => codes.has(name));
        expect(response).toEqual({
          batchItemFailures: bad.slice(0, 1).map((itemIdentifier) => ({ itemIdentifier })),
        });
        const failures = logger.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields);
        for (const { sequenceNumber, error } of failures) {
          expect(error).toBeInstanceOf(StreamlaneError);
          expect(codes.get(String(sequenceNumber))).toBe((error as StreamlaneError).code);
        }
        const lowest =
          bad[0] === undefined ? length : records.findIndex((_, index) => sequenceNumberAt(index) === bad[0]);
        for (let index = 0; index < lowest; index++) expect(handled).toContain(sequenceNumberAt(index));
      }),
      runs(150),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

import { inspect } from 'node:util';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineTable, type Logger, streamRouter, type Table } from '../../src/index.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

const SECRET = 'hunter2';
const BASE64 = Buffer.from(SECRET).toString('base64');

/** Attribute values, whole and broken in every way, each holding the secret. */
const { attribute } = fc.letrec<{ attribute: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.constantFrom<unknown>(
    { S: SECRET },
    { B: BASE64 },
    { SS: [SECRET] },
    { BS: [BASE64] },
    { N: SECRET },
    { N: `1${SECRET}` },
    { NS: ['1', SECRET] },
    { B: `${SECRET}!` },
    { B: [SECRET] },
    { BS: [BASE64, `${SECRET}!`] },
    { SS: SECRET },
    { SS: [{ S: SECRET }] },
    { S: [SECRET] },
    { BOOL: SECRET },
    { NULL: SECRET },
    { L: SECRET },
    { M: SECRET },
    { M: [SECRET] },
    { X: SECRET },
    { S: SECRET, N: SECRET },
    SECRET,
    [SECRET],
    { NULL: true },
    {},
    null,
  ),
  attribute: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('leaf'),
    fc.record({ L: fc.array(tie('attribute'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('attribute'), { maxKeys: 3 }) }),
  ),
}));

/** Everything a person could find out from a value: messages, stacks, causes and properties, hidden ones too. */
function shown(value: unknown): string {
  return inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

test(
  'no item content in log entries, logged records and error messages',
  async () => {
    const image = fc.dictionary(
      fc.constantFrom('id', 'value', 'constructor', '__proto__'),
      attribute as fc.Arbitrary<AttributeValue>,
    );
    const change = fc.record(
      {
        Keys: fc.oneof(image, fc.constant({ id: { S: SECRET } }), fc.constant(SECRET)),
        NewImage: fc.oneof(image, fc.constant(SECRET)),
        OldImage: fc.oneof(image, fc.constant([SECRET])),
        SequenceNumber: fc.oneof(
          { weight: 30, arbitrary: fc.bigInt(1n, 10n ** 40n - 1n).map(String) },
          fc.constant(SECRET),
        ),
        StreamViewType: fc.oneof(
          { weight: 30, arbitrary: fc.constant('NEW_AND_OLD_IMAGES') },
          fc.constant(SECRET),
        ),
      },
      { requiredKeys: ['SequenceNumber'] },
    );
    const records = fc.array(fc.tuple(fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), change), {
      minLength: 1,
      maxLength: 20,
    });
    const options = fc.record({
      numbers: fc.constantFrom('number', 'exact', 'string', quotingPolicy),
      partialResponses: fc.boolean(),
      concurrency: fc.integer({ min: 1, max: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(
        records,
        options,
        fc.constantFrom('none', 'declared', 'schema'),
        fc.boolean(),
        async (sketches, options, how, late) => {
          const entries: unknown[] = [];
          const write = (...entry: unknown[]): void => void entries.push(entry);
          const logger: Logger = { debug: write, info: write, warn: write, error: write };
          const table =
            how === 'none'
              ? undefined
              : defineTable({ name: 'Invoices', item: refusingSchema, keys: ['id'] });
          const router =
            table === undefined
              ? streamRouter({ ...options, logger } as object)
              : streamRouter(
                  (how === 'schema' ? table : { ...table, schema: undefined }) as Table,
                  { ...options, logger } as object,
                );
          const read = (record: object): void => {
            // A handler that logs its record, before and after it has read the item.
            logger.info('record', { record, text: JSON.stringify(record) });
            const { keys, newImage, oldImage } = record as Record<string, unknown>;
            if ([keys, newImage, oldImage].includes(SECRET)) throw new Error('impossible');
          };
          const handle = late ? async (record: object) => read(await Promise.resolve(record)) : read;
          router.onInsert(handle).onModify(handle).onRemove(handle);
          const Records = sketches.map(([eventName, change], index) => {
            const record = recordOf({ eventName: eventName as 'INSERT' }, index);
            return {
              ...record,
              dynamodb: { StreamViewType: 'NEW_AND_OLD_IMAGES', ...change },
            } as DynamoDBRecord;
          });
          const answer = await router({ Records }, contextOf()).catch((error: unknown) => error);
          expect(shown(answer)).not.toContain(SECRET);
          expect(shown(entries)).not.toContain(SECRET);
          expect(shown([answer, entries])).not.toContain(BASE64);
        },
      ),
      runs(400),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

/** A number policy that throws an error with the text in its message, in a property, and in its cause. */
function quotingPolicy(text: string): number {
  if (/^[0-9.]+$/.test(text)) return Number(text);
  throw Object.assign(new SyntaxError(`not ${text}`, { cause: new Error(text) }), { text });
}

/** A schema that says all it knows; streamlane passes on the paths alone. */
const refusingSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) =>
      Object.keys(value as object).length % 2 === 0
        ? { issues: [{ message: `not ${shown(value)}`, path: ['value', { key: 'a' }] }] }
        : { value: value as { id: string } },
  },
};

import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, routerOf, runs, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

test(
  'a frozen event, in order or not, is processed like any other',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 200 }), fc.boolean(), async (scenario, reversed) => {
        const stage = new Stage(scenario.plan);
        const event = deepFreeze({ Records: reversed ? stage.records.toReversed() : [...stage.records] });
        const before = structuredClone(event);
        const lowest = scenario.plan.records.findIndex(({ failures }) => failures > 0);
        const router = routerOf(stage, scenario);
        for (let attempt = 0; attempt < 2; attempt++) {
          const checkpoint = checkpointOf(stage, await router(event, contextOf()));
          // What fails once succeeds at the second attempt.
          if (attempt === 0) expect(checkpoint).toBe(lowest === -1 ? stage.records.length : lowest);
        }
        expect(event).toEqual(before);
      }),
      runs(40),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'attributes of any name are just attributes, in frozen keys and images alike',
  async () => {
    const name = fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'then',
      'length',
      'id',
    );
    const attribute = fc.constantFrom<AttributeValue>(
      { S: 'text' },
      { N: '7' },
      { M: {} },
      { L: [{ BOOL: true }] },
      { NULL: true },
    );
    const names = fc.uniqueArray(fc.tuple(name, attribute), { selector: ([name]) => name, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.array(fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), { minLength: 1 }),
        async (names, events) => {
          // As JSON.parse makes it: __proto__ is an own property.
          const map = (): Record<string, AttributeValue> =>
            Object.fromEntries(names.map(([name, value]) => [name, value]));
          const Records = events.map((eventName, index) => {
            const record = recordOf({ eventName }, index);
            const images = {
              ...(eventName !== 'REMOVE' && { NewImage: map() }),
              ...(eventName !== 'INSERT' && { OldImage: map() }),
            };
            return { ...record, dynamodb: { ...record.dynamodb, Keys: map(), ...images } };
          });
          const event = deepFreeze({ Records });
          const before = JSON.stringify(event);
          const seen: (readonly string[])[] = [];
          const read = async (record: object): Promise<void> => {
            const { keys, newImage, oldImage } = record as Record<string, object | undefined>;
            for (const item of [keys, newImage, oldImage]) {
              if (item === undefined) continue;
              expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
              seen.push(Object.keys(item).sort());
            }
            await Promise.resolve();
          };
          const router = streamRouter().onInsert(read).onModify(read).onRemove(read);
          expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
          const expected = names.map(([name]) => name as string).sort();
          expect(seen.length).toBeGreaterThanOrEqual(events.length * 2);
          for (const found of seen) expect(found).toEqual(expected);
          expect(JSON.stringify(event)).toBe(before);
          expect(({} as { text?: unknown }).text).toBeUndefined();
        },
      ),
      runs(150),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

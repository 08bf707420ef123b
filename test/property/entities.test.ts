import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defineTable,
  exists,
  itemOf,
  prefix,
  type StreamViewType,
  streamRouter,
  suffix,
} from '../../src/index.ts';
import { testStream } from '../../src/testing/index.ts';
import { contextOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, runs } from '../fixtures/play.ts';

/** A matcher as the reference knows it: a test of a plain value. */
interface Rule {
  readonly attribute: 'sk' | 'type';
  readonly matcher: unknown;
  readonly holds: (value: string | undefined) => boolean;
}

type Handler = (record: { readonly sequenceNumber: string }) => void;

type Item = { readonly pk: string; readonly sk: string; readonly type?: string };

const text = fc.constantFrom('A', 'AB', 'ABC', 'B', 'BC');
const rule: fc.Arbitrary<Rule> = fc
  .record({
    attribute: fc.constantFrom('sk', 'type'),
    kind: fc.constantFrom('equals', 'prefix', 'suffix', 'exists'),
    operand: text,
  })
  .map(({ attribute, kind, operand }): Rule => {
    switch (kind) {
      case 'equals':
        return { attribute, matcher: operand, holds: (value) => value === operand };
      case 'prefix':
        return { attribute, matcher: prefix(operand), holds: (value) => value?.startsWith(operand) === true };
      case 'suffix':
        return { attribute, matcher: suffix(operand), holds: (value) => value?.endsWith(operand) === true };
      default:
        return { attribute, matcher: exists(), holds: (value) => value !== undefined };
    }
  });
const entity = fc.uniqueArray(rule, { minLength: 1, maxLength: 2, selector: ({ attribute }) => attribute });
const item: fc.Arbitrary<Item> = fc
  .record({ sk: text, type: fc.option(text, { nil: undefined }) })
  .map(({ sk, type }) => ({ pk: 'P', sk, ...(type !== undefined && { type }) }));
const change = fc.record({
  eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
  before: item,
  after: item,
});
const viewType = fc.constantFrom<StreamViewType>('NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY');

/** Which entity a record belongs to: `undefined` for none, `?` where that cannot be told. */
function reference(
  entities: readonly (readonly Rule[])[],
  { eventName, before, after }: { eventName: string; before: Item; after: Item },
  view: StreamViewType,
): string | undefined {
  const hasNew = view.startsWith('NEW') && eventName !== 'REMOVE';
  const hasOld = view.includes('OLD') && eventName !== 'INSERT';
  const image = hasNew ? after : hasOld ? before : undefined;
  for (const [index, rules] of entities.entries()) {
    // Of an item that is not there only the sort key is known.
    const { sk } = eventName === 'REMOVE' ? before : after;
    const known = rules.filter(({ attribute }) => image !== undefined || attribute === 'sk');
    if (!known.every(({ attribute, holds }) => holds((image ?? { sk })[attribute as 'sk']))) continue;
    return known.length === rules.length ? `e${index}` : '?';
  }
  return undefined;
}

test(
  'the entity of a record, and the routes that are called, are those of a naive reference',
  async () => {
    const counts = { found: 0, none: 0, unclear: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(entity, { minLength: 1, maxLength: 4 }),
        viewType,
        fc.array(change, { minLength: 1, maxLength: 20 }),
        async (entities, view, drawn) => {
          const table = (() => {
            try {
              return defineTable({
                name: 'App',
                keys: ['pk', 'sk'],
                viewType: view,
                entities: Object.fromEntries(
                  entities.map((rules, index) => [
                    `e${index}`,
                    {
                      item: itemOf<object>(),
                      match: Object.fromEntries(rules.map(({ attribute, matcher }) => [attribute, matcher])),
                    },
                  ]),
                ),
              });
            } catch (error) {
              // An entity that an earlier one hides.
              expect(error).toMatchObject({ code: 'INVALID_TABLE' });
              counts.refused++;
              return undefined;
            }
          })();
          if (table === undefined) return;
          // A key cannot change.
          const changes = drawn.map((one) => ({ ...one, after: { ...one.after, sk: one.before.sk } }));
          const stream = testStream(table);
          const records = changes.map(({ eventName, before, after }) =>
            eventName === 'INSERT'
              ? stream.insert(after)
              : eventName === 'MODIFY'
                ? stream.modify(before, after)
                : stream.remove(before),
          );
          const seen = new Map<string, string | undefined>();
          const routed: string[] = [];
          let unknown = 0;
          const router = streamRouter(table, {
            logger: false,
            onBatch: ({ unknownEntity }) => {
              unknown = unknownEntity;
            },
          }).use((record, _context, next) => {
            seen.set(record.sequenceNumber, record.entity);
            return next();
          });
          const refused = new Set<string>();
          for (const name of Object.keys(entities).map((index) => `e${index}`)) {
            for (const [method, eventName] of [
              ['onInsert', 'INSERT'],
              ['onModify', 'MODIFY'],
              ['onRemove', 'REMOVE'],
            ] as const) {
              try {
                router.entity(name, (routes) => {
                  const adding = routes as unknown as Record<typeof method, (handler: Handler) => void>;
                  adding[method](({ sequenceNumber }) => void routed.push(`${sequenceNumber} ${name}`));
                });
              } catch (error) {
                expect(error).toMatchObject({ code: 'INVALID_HANDLER' });
                refused.add(`${name} ${eventName}`);
              }
            }
          }
          expect(await router({ Records: records }, contextOf())).toEqual({ batchItemFailures: [] });
          const expected = changes.map((one) => reference(entities, one, view));
          expect(records.map(({ dynamodb }) => seen.get(dynamodb.SequenceNumber))).toEqual(
            expected.map((name) => (name === '?' ? undefined : name)),
          );
          expect(unknown).toBe(expected.filter((name) => name === undefined).length);
          expect(routed.sort()).toEqual(
            records
              .flatMap(({ dynamodb, eventName }, index) => {
                const name = expected[index];
                const hasRoute = name !== undefined && name !== '?' && !refused.has(`${name} ${eventName}`);
                return hasRoute ? [`${dynamodb.SequenceNumber} ${name}`] : [];
              })
              .sort(),
          );
          for (const name of expected) {
            counts[name === undefined ? 'none' : name === '?' ? 'unclear' : 'found']++;
          }
          // Nothing is left unclear in silence: the route that could have got the record was refused.
          for (const [index, name] of expected.entries()) {
            if (name !== '?') continue;
            const eventName = records[index]?.eventName;
            const told = entities.findIndex((rules) => rules.every(({ attribute }) => attribute === 'sk'));
            if (told !== -1) expect([...refused].some((route) => route.endsWith(` ${eventName}`))).toBe(true);
          }
        },
      ),
      runs(400),
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
  },
  PROPERTY_TIMEOUT_MS,
);

test('a MODIFY keeps both images whole, whatever entity it leaves', async () => {
  const table = defineTable({
    name: 'App',
    keys: ['pk', 'sk'],
    entities: {
      a: { item: itemOf<Item>(), match: { type: 'A' } },
      b: { item: itemOf<Item>(), match: { type: 'B' } },
    },
  });
  const stream = testStream(table);
  const images: object[] = [];
  const router = streamRouter(table).entity('b', (routes) =>
    routes.onModify(({ oldImage, newImage }) => void images.push(oldImage, newImage)),
  );
  const [before, after] = [
    { pk: 'P', sk: 'S', type: 'A' },
    { pk: 'P', sk: 'S', type: 'B' },
  ];
  await router(stream.event([stream.modify(before, after)]), contextOf());
  expect(images).toEqual([before, after]);
});

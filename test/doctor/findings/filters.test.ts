import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefix } from '../../../src/conditions/text-matchers.ts';
import { declaredCode } from '../../../src/doctor/declared-code.ts';
import type { DeployedMapping, DeployedState } from '../../../src/doctor/deployed-state.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { filters } from '../../../src/doctor/findings/filters.ts';
import { known, unread } from '../../../src/doctor/part.ts';
import { eventSourceMapping } from '../../../src/mapping/event-source-mapping.ts';
import { recordFilter } from '../../../src/mapping/filter-criteria.ts';
import type { StreamViewType } from '../../../src/record/view-type.ts';
import { streamRouter } from '../../../src/router/router.ts';
import { defineTable } from '../../../src/table/define-table.ts';
import { itemOf } from '../../../src/table/item-of.ts';
import { recordOf } from '../../fixtures/events.ts';
import { drawnRouter, type RouterPlan, routerOf, type Seen } from '../../soundness/routers.ts';
import { STREAM_ARN } from '../fake-aws/world.ts';

/** The findings about filters that are deployed before a router, or another export. */
function found(
  deployed: readonly string[],
  exported: unknown,
  viewType: StreamViewType = 'NEW_AND_OLD_IMAGES',
  keys: readonly string[] = ['pk', 'sk'],
): readonly Finding[] {
  const stream = known({ status: 'ENABLED', viewType, keys, shards: [] });
  const mapping = {
    uuid: 'id',
    streamArn: STREAM_ARN,
    filters: known(deployed),
    stream,
  } as unknown as DeployedMapping;
  const code = declaredCode('src/handler.ts#router', exported, {});
  const results = [...filters({ state: {} as DeployedState, mapping, code, subject: 'Invoices' })];
  return results.filter((result) => 'code' in result);
}

const dropped = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ code }) => code === 'FILTER_DROPS_ROUTE');

/** A mapping of the code that lets through what matches a pattern. */
const wanting = (pattern: object): unknown =>
  eventSourceMapping(
    streamRouter({ logger: false }).onInsert(async () => {}),
    {
      startingPosition: 'LATEST',
      filterCriteria: { filters: [{ pattern: pattern as never }] },
    },
  );

const attribute = (type: string, ...alternatives: readonly unknown[]): object => ({
  dynamodb: { NewImage: { a: { [type]: alternatives } } },
});

describe('a filter that asks for more than the code is found, whatever the code asks for', () => {
  test.each([
    ['a value', attribute('S', 'x')],
    ['one of two values', attribute('S', 'x', 'y')],
    ['a number', attribute('N', '5')],
    ['binary', attribute('B', 'AQ==')],
    ['true', attribute('BOOL', true)],
    ['null', attribute('NULL', true)],
    ['a prefix', attribute('S', { prefix: 'x' })],
    ['a prefix, in any case', attribute('S', { prefix: { 'equals-ignore-case': 'x' } })],
    ['a suffix', attribute('S', { suffix: 'x' })],
    ['any case', attribute('S', { 'equals-ignore-case': 'x' })],
    ['a wildcard', attribute('S', { wildcard: 'x*y' })],
    ['an address', attribute('S', { cidr: '10.0.0.0/24' })],
    ['another value', attribute('S', { 'anything-but': ['x'] })],
    ['another prefix', attribute('S', { 'anything-but': { prefix: 'x' } })],
    ['presence', attribute('S', { exists: true })],
    ['presence of a number', attribute('N', { exists: true })],
    ['presence of binary', attribute('BS', { exists: true })],
    ['presence of true or false', attribute('BOOL', { exists: true })],
    ['absence', attribute('S', { exists: false })],
    ['an element of a set', attribute('SS', 'x')],
    ['an element of a set of numbers', attribute('NS', '5')],
    ['a map', { dynamodb: { NewImage: { a: { M: { b: { S: ['x'] } } } } } }],
    ['absence in a map', { dynamodb: { NewImage: { a: { M: { b: { S: [{ exists: false }] } } } } } }],
    ['a list', { dynamodb: { NewImage: { a: { L: { S: ['x'] } } } } }],
    ['a map in a list', { dynamodb: { NewImage: { a: { L: { M: { b: { S: ['x'] } } } } } } }],
    ['absence in a list', { dynamodb: { NewImage: { a: { L: { S: [{ exists: false }] } } } } }],
    ['keys', { dynamodb: { Keys: { pk: { S: ['x'] } } } }],
    ['an event', { eventName: ['REMOVE'] }],
    ['a name with dots', { 'dynamodb.Keys.pk.S': ['x'] }],
    ['one of two patterns', { $or: [{ eventName: ['INSERT'] }, { eventName: ['REMOVE'] }] }],
  ])('%s', (_what, pattern) => {
    const wanted = JSON.stringify(pattern);
    const and = (extra: object): string => JSON.stringify({ ...pattern, ...extra });
    expect(dropped(found([wanted], wanting(pattern)))).toEqual([]);
    // Another region than any: a plain AND.
    expect(dropped(found([and({ awsRegion: ['nowhere'] })], wanting(pattern)))).toHaveLength(1);
    // The negation of the pattern, as far as one can be written.
    expect(dropped(found(['{"eventName":["NONE"]}'], wanting(pattern)))).toHaveLength(1);
  });
});

test('a filter on two alternatives is found where the code asks for three', () => {
  expect(
    dropped(found([JSON.stringify(attribute('S', 'x', 'y'))], wanting(attribute('S', 'x', 'y', 'z')))),
  ).toHaveLength(1);
});

test('fields of metadata are left as they are', () => {
  const pattern = {
    dynamodb: { SizeBytes: [{ numeric: ['>', 5] }], StreamViewType: ['NEW_AND_OLD_IMAGES'] },
  };
  expect(dropped(found([JSON.stringify(pattern)], wanting({ eventName: ['INSERT'] })))).toEqual([]);
});

test('very many combinations end', () => {
  const $or = Array.from({ length: 60 }, (_, index) => ({ eventID: [`${index}`] }));
  expect(dropped(found([JSON.stringify({ $or })], wanting({ $or })))).toEqual([]);
  const many = Array.from({ length: 400 }, (_, index) => `${index}`);
  const other = many.map((one) => `${one}x`);
  expect(
    dropped(found([JSON.stringify(attribute('S', ...other))], wanting(attribute('S', ...many)))).length,
  ).toBeLessThanOrEqual(1);
});

test('where the stream cannot be read, the view type of the code is taken', () => {
  const mapping = {
    uuid: 'id',
    streamArn: STREAM_ARN,
    filters: known(['{"eventName":["MODIFY"]}']),
    stream: unread('AWS refuses dynamodb:DescribeStream'),
  } as unknown as DeployedMapping;
  for (const router of [
    streamRouter({ logger: false }).onInsert(async () => {}),
    wanting({ eventName: ['INSERT'] }),
  ]) {
    const code = declaredCode('src/handler.ts#router', router, {});
    expect([...filters({ state: {} as DeployedState, mapping, code, subject: 'Invoices' })]).toMatchObject([
      { code: 'FILTER_DROPS_ROUTE' },
    ]);
  }
});

test('records whose entity is unknown reach no route, so filters may drop them', () => {
  const item = itemOf<{ pk: string; sk: string; kind: string }>();
  const table = defineTable({
    name: 'App',
    keys: ['pk', 'sk'],
    viewType: 'KEYS_ONLY',
    entities: {
      line: { item, match: { sk: prefix('LINE#') } },
      order: { item, match: { kind: 'order' } },
    },
  });
  const router = streamRouter(table, { logger: false, unknownEntity: 'ignore' });
  router.onInsert((async () => {}) as never);
  const line = JSON.stringify({
    eventName: ['INSERT'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'LINE#' }] } } },
  });
  expect(dropped(found([line], router, 'KEYS_ONLY'))).toEqual([]);
});

/** The record in the text of a finding. */
function recordIn({ is }: Finding, viewType: StreamViewType): object {
  const { eventName, dynamodb, userIdentity } = JSON.parse(is.slice(is.indexOf('{'), -1)) as {
    readonly eventName: 'INSERT';
    readonly dynamodb: object;
    readonly userIdentity?: object;
  };
  const record = recordOf({ eventName });
  return {
    ...record,
    ...(userIdentity && { userIdentity }),
    dynamodb: {
      ...record.dynamodb,
      NewImage: undefined,
      OldImage: undefined,
      StreamViewType: viewType,
      ...dynamodb,
    },
  };
}

/** Tells if a router has anything to do with a record. */
async function gets(plan: RouterPlan, record: object): Promise<boolean> {
  const seen: Seen = { handlers: 0, middleware: 0 };
  try {
    const { batchItemFailures } = await routerOf(plan, seen)({ Records: [record] });
    return seen.handlers + seen.middleware + batchItemFailures.length > 0;
  } catch {
    return true;
  }
}

const patternsOf = (plan: RouterPlan): readonly string[] => {
  const router = routerOf(plan, { handlers: 0, middleware: 0 });
  const { options } = eventSourceMapping(router as never, { startingPosition: 'LATEST' });
  return recordFilter('test', options.filterCriteria)?.patterns ?? [];
};

describe('with random routers', () => {
  test('the filters of a router drop nothing of it', () => {
    fc.assert(
      fc.property(drawnRouter, (plan) => {
        const router = routerOf(plan, { handlers: 0, middleware: 0 });
        expect(dropped(found(patternsOf(plan), router, plan.viewType))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('an error is about a record that the router gets, and that the filters of another one drop', async () => {
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(drawnRouter, drawnRouter, async (plan, other) => {
        const deployed = patternsOf(other);
        const router = routerOf(plan, { handlers: 0, middleware: 0 });
        for (const finding of dropped(found(deployed, router, plan.viewType))) {
          if (finding.severity !== 'error') continue;
          errors += 1;
          const record = recordIn(finding, plan.viewType);
          const filter = recordFilter('test', { filters: deployed.map((pattern) => ({ pattern })) });
          expect(filter?.passes(record), finding.is).toBe(false);
          expect(await gets(plan, record), finding.is).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
    expect(errors).toBeGreaterThan(10);
  });
});

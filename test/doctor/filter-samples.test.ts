import { describe, expect, test } from 'vitest';
import { changed } from '../../src/conditions/changed.ts';
import { eventPattern } from '../../src/conditions/event-pattern.ts';
import { expired } from '../../src/conditions/expired.ts';
import { not } from '../../src/conditions/not.ts';
import { streamRouter } from '../../src/router/router.ts';
import { shellWords } from '../fixtures/aws-command.ts';
import { type Examined, examiner, told, unknown } from './examine.ts';

const examine = examiner();
const handle = async (): Promise<void> => {};

interface Item {
  readonly id: string;
  readonly lines: readonly { readonly price: number }[];
}
const router = () => streamRouter<Item>({ logger: false });

function filters(...patterns: readonly object[]): Pick<Examined, 'change'> {
  return {
    change: ({ mappings: [mapping] }) =>
      Object.assign(mapping as object, {
        FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
      }),
  };
}

const dropped = 'error FILTER_DROPS_ROUTE';
const INSERTS = { eventName: ['INSERT'] };
const byUser = { userIdentity: { type: [{ exists: false }] } };

describe('records that filters drop are found, whatever the filter asks for', () => {
  test.each<[string, unknown, object]>([
    ['expired items, by the event', router().onRemove(expired, handle), INSERTS],
    [
      'expired items, by the deleter',
      router().onRemove(expired, handle),
      { eventName: ['REMOVE'], ...byUser },
    ],
    ['deletes by users', router().onRemove(not(expired), handle), { userIdentity: { type: ['Service'] } }],
    ['expired items among all deletes', router().onRemove(handle), byUser],
    ['a change in a list', router().onModify(changed('lines[0].price'), handle), INSERTS],
    ['a change of an element', router().onModify(changed('lines[0]'), handle), INSERTS],
    ['large records', router().onInsert(handle), { dynamodb: { SizeBytes: [{ numeric: ['<', 1000] }] } }],
    ['small records', router().onInsert(handle), { dynamodb: { SizeBytes: [{ numeric: ['>', 1000] }] } }],
    ['other positions', router().onInsert(handle), { dynamodb: { SequenceNumber: [{ prefix: '1' }] } }],
    ['other ids', router().onInsert(handle), { eventID: [{ prefix: '0' }] }],
  ])('%s', async (_what, exported, pattern) => {
    const diagnosis = await examine({ router: exported, ...filters(pattern) });
    expect(told(diagnosis)).toContain(dropped);
    expect(unknown(diagnosis)).toEqual([]);
  });
});

test('the record shows what the filter asks for', async () => {
  const { findings } = await examine({
    router: router().onInsert(handle),
    ...filters({ dynamodb: { SizeBytes: [{ numeric: ['<', 1000] }] } }),
  });
  expect(findings[0]?.is).toContain('"SizeBytes":350000');
  expect(findings[0]?.is).not.toContain('SequenceNumber');
});

test('the command with the filters can be pasted, whatever they compare with', async () => {
  const wanted = { eventName: ['INSERT'], dynamodb: { NewImage: { id: { S: ["it's $HOME `x`"] } } } };
  const { findings } = await examine({
    router: router().onInsert(eventPattern(wanted), handle),
    ...filters({ eventName: ['REMOVE'] }),
  });
  const criteria = JSON.parse(`${shellWords(`${findings[0]?.remedy}`).at(-1)}`) as {
    readonly Filters: readonly { readonly Pattern: string }[];
  };
  expect(criteria.Filters.map(({ Pattern }) => JSON.parse(Pattern))).toContainEqual(wanted);
});

test('filters that let everything through drop nothing', async () => {
  const everything = [{ eventName: ['REMOVE'], ...byUser }, { userIdentity: { type: [{ exists: true }] } }];
  const diagnosis = await examine({ router: router().onRemove(expired, handle), ...filters(...everything) });
  expect(told(diagnosis)).toEqual([]);
});

test('a route of which no record could be made up is not checked', async () => {
  const exported = router().onModify(changed('lines[7].price'), handle);
  const diagnosis = await examine({ router: exported, ...filters(INSERTS) });
  expect(told(diagnosis)).toEqual([]);
  expect(unknown(diagnosis)).toEqual(['FILTER_DROPS_ROUTE: no sample record was found that onModify takes']);
});

test.each(['__proto__', 'constructor'])('a filter on %s changes no object of JavaScript', async (name) => {
  const pattern = (below: string): object => JSON.parse(`{"dynamodb":{${below}}}`) as object;
  for (const below of [
    `"${name}":{"polluted":{"S":["x"]}}`,
    `"NewImage":{"${name}":{"S":["x"]}}`,
    `"NewImage":{"a":{"M":{"${name}":{"S":["x"]}}}}`,
    `"Keys":{"${name}":{"S":["x"]}}`,
  ]) {
    await examine({ router: router().onInsert(handle), ...filters(pattern(below)) });
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect((Object as unknown as Record<string, unknown>).polluted).toBeUndefined();
  expect(({} as Record<string, unknown>).S).toBeUndefined();
});

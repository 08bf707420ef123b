import { describe, expect, test } from 'vitest';
import {
  all,
  any,
  anythingBut,
  atLeast,
  between,
  changed,
  contains,
  defineTable,
  equalsIgnoreCase,
  eventPattern,
  exists,
  expired,
  itemOf,
  matches,
  missing,
  not,
  oneOf,
  ownWrite,
  prefix,
  type StreamViewType,
  streamRouter,
  suffix,
  wildcard,
} from '../../../src/index.ts';
import { eventSourceMapping } from '../../../src/mapping/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: the attributes are what the cases need
type Loose = any;

const START = { startingPosition: 'TRIM_HORIZON' } as const;
const POORER = { dynamodb: { StreamViewType: [{ 'anything-but': ['NEW_AND_OLD_IMAGES'] }] } };
const GONE = [{ exists: false }];
const SOME_TEXT = [{ a: { S: [{ exists: true }] } }];
const ABSENT = { S: GONE, N: GONE, B: GONE, BOOL: GONE, NULL: GONE, SS: GONE, NS: GONE, BS: GONE };

/** The patterns of a router, without those for streams of another kind. */
function patternsOf(router: Loose): unknown[] {
  const { options } = eventSourceMapping(router, START);
  return (options.filterCriteria?.filters ?? []).map(({ pattern }) => JSON.parse(pattern as string));
}

/** The demand on the attributes of the new image, of a route for MODIFY. */
function newImageOf(condition: unknown, options: object = {}): unknown {
  const patterns = patternsOf(
    (streamRouter({ logger: false, ...options }) as Loose).onModify(condition, () => {}),
  );
  if (JSON.stringify(patterns) === '[{"eventName":["MODIFY"]}]') return 'every MODIFY';
  expect(patterns.at(-1)).toEqual(POORER);
  return patterns.slice(0, -1).map((pattern) => (pattern as Loose).dynamodb.NewImage);
}

const to = (matcher: unknown): Loose => (matches as Loose)({ newImage: { a: matcher } });

describe('a matcher becomes a filter that lets no less through', () => {
  test.each<[string, unknown, unknown]>([
    ['text', to('PAID'), [{ a: { S: ['PAID'] } }]],
    ['true', to(true), [{ a: { BOOL: [true] } }]],
    ['null', to(null), [{ a: { NULL: [true] } }]],
    ['a whole number', to(-42), [{ a: { N: ['-42'] } }]],
    ['a bigint', to(7n), [{ a: { N: ['7'] } }]],
    ['another number: DynamoDB may write it otherwise', to(1.5), 'every MODIFY'],
    ['a large number: it may have an exponent', to(1e21), 'every MODIFY'],
    ['bytes', to(new Uint8Array([1])), 'every MODIFY'],
    ['a list', to(['a']), 'every MODIFY'],
    ['prefix', to(prefix('ORDER#')), [{ a: { S: [{ prefix: 'ORDER#' }] } }]],
    ['suffix', to(suffix('#1')), [{ a: { S: [{ suffix: '#1' }] } }]],
    ['equalsIgnoreCase', to(equalsIgnoreCase('Paid')), [{ a: { S: [{ 'equals-ignore-case': 'Paid' }] } }]],
    ['wildcard: its beginning', to(wildcard('ORDER#*#LINE#*')), [{ a: { S: [{ prefix: 'ORDER#' }] } }]],
    ['wildcard without a beginning', to(wildcard('*#LINE')), [{ a: { S: [{ exists: true }] } }]],
    ['wildcard with an escape alone', to(wildcard('a\\*b')), [{ a: { S: ['a*b'] } }]],
    ['a range of numbers: any number', to(atLeast(5)), [{ a: { N: [{ exists: true }] } }]],
    ['a range of text: any text', to(between('a', 'b')), [{ a: { S: [{ exists: true }] } }]],
    ['oneOf', to(oneOf('A', prefix('B'), 3)), [{ a: { S: ['A', { prefix: 'B' }] } }, { a: { N: ['3'] } }]],
    ['anythingBut', to(anythingBut('A')), [{ a: { S: [{ 'anything-but': ['A'] }, { exists: false }] } }]],
    ['exists: a filter finds no maps and lists', to(exists()), 'every MODIFY'],
    ['missing: of no type', to(missing()), [{ a: ABSENT }]],
    ['contains', to(contains('a')), 'every MODIFY'],
    [
      'missing in a map: an attribute may be named a.M.b',
      (matches as Loose)({ newImage: { 'a.b': missing() } }),
      'every MODIFY',
    ],
    ['other text in a map, or none', not((matches as Loose)({ newImage: { 'a.b': 'x' } })), 'every MODIFY'],
    [
      'equalsIgnoreCase of a letter that is neither small nor large',
      to(equalsIgnoreCase('\u01c5')),
      SOME_TEXT,
    ],
    ['equalsIgnoreCase of a character in two halves', to(equalsIgnoreCase('\u{1f600}')), SOME_TEXT],
    ...[
      '\ud83d',
      prefix('\ud83d'),
      suffix('\ude00'),
      wildcard('\ud83d*'),
      equalsIgnoreCase('\ud83d'),
      oneOf('x', '\ud83d'),
      anythingBut('\ud83d'),
    ].map((matcher): [string, unknown, unknown] => [
      `half of a character, which Lambda reads otherwise: ${JSON.stringify(matcher)}`,
      to(matcher),
      'every MODIFY',
    ]),
    ['a name with half of a character', (matches as Loose)({ newImage: { '\ud83d': 'x' } }), 'every MODIFY'],
    ['text with a whole character', to(prefix('\u{1f600}')), [{ a: { S: [{ prefix: '\u{1f600}' }] } }]],
    [
      'a matcher of another version',
      to({ '~matcher': { kind: 'newer', operands: [], test: () => true } }),
      'every MODIFY',
    ],
    ['a map', to({ b: 'x', c: 'y' }), [{ a: { M: { b: { S: ['x'] }, c: { S: ['y'] } } } }]],
    [
      'a path into a map',
      (matches as Loose)({ newImage: { 'a.b': 'x' } }),
      [{ a: { M: { b: { S: ['x'] } } } }],
    ],
    [
      'a path into a list: a filter asks any element',
      (matches as Loose)({ newImage: { 'a[0]': 'x' } }),
      'every MODIFY',
    ],
    ['a name with a dot', (matches as Loose)({ newImage: { '["a.b"]': 'x' } }), 'every MODIFY'],
    ['the name of an operator', (matches as Loose)({ newImage: { prefix: 'x' } }), 'every MODIFY'],
    ['$or as a name', (matches as Loose)({ newImage: { $or: 'x' } }), 'every MODIFY'],
    ['__proto__ as a name', (matches as Loose)({ newImage: { ['__proto__']: 'x' } }), 'every MODIFY'],
    ...['constructor', 'toString', 'hasOwnProperty'].map((name): [string, unknown, unknown] => [
      `${name} as a name, which objects inherit`,
      (matches as Loose)({ newImage: { [name]: { [name]: 'x' } } }),
      [{ [name]: { M: { [name]: { S: ['x'] } } } }],
    ]),
  ])('%s', (_, condition, expected) => {
    expect(newImageOf(condition)).toEqual(expected);
  });

  test.each<[string, unknown, unknown]>([
    ['text that may stand for a number', to('5'), [{ a: { S: ['5'] } }, { a: { N: [{ exists: true }] } }]],
    ['a range that may stand for one', to(atLeast('5')), 'every MODIFY'],
  ])('numbers as text: %s', (_, condition, expected) => {
    expect(newImageOf(condition, { numbers: 'string' })).toEqual(expected);
  });
});

describe('a condition becomes a filter that lets no less through', () => {
  const paid = to('PAID');
  const OTHER = [{ 'anything-but': ['PAID'] }, { exists: false }];

  test.each<[string, unknown, unknown]>([
    [
      'all',
      all(paid, (matches as Loose)({ newImage: { b: 'x' } })),
      [{ a: { S: ['PAID'] }, b: { S: ['x'] } }],
    ],
    ['any', any(paid, to('OPEN')), [{ a: { S: ['PAID', 'OPEN'] } }]],
    ['any, with more than a filter can say', any(paid, () => true), 'every MODIFY'],
    ['not', not(paid), [{ a: { S: OTHER } }]],
    [
      'not, of all',
      not(all(paid, (matches as Loose)({ newImage: { b: 'x' } }))),
      [{ a: { S: OTHER } }, { b: { S: [{ 'anything-but': ['x'] }, { exists: false }] } }],
    ],
    ['not, of a predicate', not(() => true), 'every MODIFY'],
    ['not, of all with a predicate', not(all(paid, () => true)), 'every MODIFY'],
    ['not, of changed', not((changed as Loose)('a')), 'every MODIFY'],
    ['changed', (changed as Loose)('a'), 'every MODIFY'],
    ['changed, of several', (changed as Loose)(['a', 'b'], { to: 'PAID' }), 'every MODIFY'],
    ['changed to', (changed as Loose)('a', { to: 'PAID' }), [{ a: { S: ['PAID'] } }]],
    [
      'changed to a map',
      (changed as Loose)('a', { to: { b: 'x', c: missing() } }),
      [{ a: { M: { b: { S: ['x'] } } } }],
    ],
    ['changed to nothing', (changed as Loose)('a', { to: undefined }), [{ a: ABSENT }]],
    ['a predicate', () => true, 'every MODIFY'],
    ['ownWrite', (ownWrite as Loose)('marker'), 'every MODIFY'],
    ['text of two conditions: the narrower one', all(to(prefix('P')), paid), [{ a: { S: ['PAID'] } }]],
    ['the same, the other way round', all(paid, to(prefix('P'))), [{ a: { S: ['PAID'] } }]],
    [
      'two comparisons: the first one',
      all(to(prefix('P')), to(suffix('D'))),
      [{ a: { S: [{ prefix: 'P' }] } }],
    ],
    ['a pattern', pattern({ a: { S: ['x'] } }), [{ a: { S: ['x'] } }]],
    ['a pattern of comparisons', pattern({ a: { S: [{ prefix: 'x' }] } }), [{ a: { S: [{ prefix: 'x' }] } }]],
    [
      'a pattern as JSON',
      eventPattern('{"dynamodb":{"NewImage":{"a":{"S":["x",{"prefix":"y"}]}}}}'),
      [{ a: { S: ['x', { prefix: 'y' }] } }],
    ],
    [
      'a pattern with a field written twice: the last counts',
      eventPattern('{"dynamodb":{"NewImage":{"a":{"S":["x"]}}},"dynamodb":{"NewImage":{"a":{"S":["y"]}}}}'),
      [{ a: { S: ['y'] } }],
    ],
    ['a pattern that Lambda does not document', pattern({ a: { S: [{ wildcard: 'x*' }] } }), 'every MODIFY'],
    ['a nested comparison', pattern({ a: { S: [{ 'anything-but': { prefix: 'x' } }] } }), 'every MODIFY'],
    [
      'a pattern that compares letters which are neither small nor large',
      pattern({ a: { S: [{ 'equals-ignore-case': '\u01c5' }] } }),
      'every MODIFY',
    ],
    ['a pattern with half of a character', pattern({ a: { S: [{ prefix: '\ud83d' }] } }), 'every MODIFY'],
    ['a pattern with half of a character as text', pattern({ a: { S: ['\ud83d'] } }), 'every MODIFY'],
    [
      'two spellings of an IP address',
      all(to('::1'), pattern({ a: { S: ['0:0:0:0:0:0:0:1'] } })),
      [{ a: { S: ['::1'] } }],
    ],
    [
      'a pattern that is used for another one later',
      changedLater({ dynamodb: { NewImage: { a: { S: ['x'] } } } }),
      [{ a: { S: ['x'] } }],
    ],
    [
      'a pattern that is compared with a large number',
      eventPattern({
        dynamodb: { SizeBytes: [{ numeric: ['<', 1e20] }, { 'anything-but': [1e20] }] },
      } as Loose),
      'every MODIFY',
    ],
    [
      'a condition of another version',
      Object.assign(() => true, { '~condition': { kind: 'newer', decide: () => true } }),
      'every MODIFY',
    ],
    [
      'a condition that another function has taken the properties of',
      Object.assign(() => true, paid),
      'every MODIFY',
    ],
    [
      'a number of many digits',
      eventPattern('{"dynamodb":{"SizeBytes":[12345678901234567890123]}}'),
      'every MODIFY',
    ],
    ['a pattern with a path as a name', eventPattern({ 'dynamodb.SizeBytes': [1] } as Loose), 'every MODIFY'],
    ['a pattern below a list', pattern({ a: { L: { S: ['x'] } } }), 'every MODIFY'],
    [
      'two patterns of one set: the first one',
      all(pattern({ a: { SS: ['x'] } }), pattern({ a: { SS: ['y'] } })),
      [{ a: { SS: ['x'] } }],
    ],
    [
      'two patterns, where one leads through the other: the first one',
      all(pattern({ a: { S: ['x'] } }), pattern({ a: [{ exists: false }] })),
      [{ a: { S: ['x'] } }],
    ],
    [
      'the same, where an array inherits the name',
      all(
        pattern({ a: [{ exists: false }] }),
        (matches as Loose)({ newImage: { a: { length: 'x', push: 'y', map: { map: 'z' } } } }),
        eventPattern({ dynamodb: { NewImage: { a: { push: ['x'], length: ['y'] } } } } as Loose),
      ),
      [{ a: [{ exists: false }] }],
    ],
    [
      'a field that an alternative of patterns writes anew',
      eventPattern({
        dynamodb: { SizeBytes: [1] },
        $or: [{ dynamodb: { SizeBytes: [2] } }, { eventName: ['MODIFY'] }],
      } as Loose),
      'every MODIFY',
    ],
    [
      'a field that is written anew as a path',
      eventPattern({ dynamodb: { SizeBytes: [1] }, 'dynamodb.SizeBytes': [2] } as Loose),
      'every MODIFY',
    ],
    [
      'a field that is written anew after a path',
      eventPattern({
        'dynamodb.NewImage': { a: { S: ['x'] } },
        dynamodb: { NewImage: { a: { S: ['y'] } } },
      } as Loose),
      [{ a: { S: ['y'] } }],
    ],
    ['$or as the name of an attribute', pattern({ $or: { S: ['x'] } }), 'every MODIFY'],
    [
      'alternatives of patterns',
      eventPattern({ $or: [{ eventName: ['MODIFY'] }, { eventName: ['INSERT'] }] }),
      'every MODIFY',
    ],
  ])('%s', (_, condition, expected) => {
    expect(newImageOf(condition)).toEqual(expected);
  });

  function changedLater(given: Loose): Loose {
    const condition = eventPattern(given);
    given.dynamodb.NewImage.a.S[0] = 'y';
    return condition;
  }

  function pattern(image: object): Loose {
    return eventPattern({ dynamodb: { NewImage: image } } as Loose);
  }

  test('a condition that asks for an image the records lack fails them, so they pass', () => {
    const router = (streamRouter() as Loose).onInsert(
      all((changed as Loose)('a', { to: 'x' }), paid),
      () => {},
    );
    expect(patternsOf(router)).toEqual([{ eventName: ['INSERT'] }]);
  });

  test('a condition that never holds asks for nothing, which a filter cannot say', () => {
    expect(patternsOf((streamRouter() as Loose).onModify(all(paid, to('OPEN')), () => {}))).toEqual([]);
  });

  test('expired asks for the deletion by Time to Live', () => {
    expect(patternsOf(streamRouter().onRemove(expired, () => {}))).toEqual([
      { eventName: ['REMOVE'], userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } },
    ]);
  });

  test('from and to ask for one image each', () => {
    const router = (streamRouter() as Loose).onModify(
      (changed as Loose)('a', { from: 'x', to: 'y' }),
      () => {},
    );
    expect(patternsOf(router)).toEqual([
      { eventName: ['MODIFY'], dynamodb: { OldImage: { a: { S: ['x'] } }, NewImage: { a: { S: ['y'] } } } },
      POORER,
    ]);
  });
});

test('a filter is one line, also where text has ends of lines', () => {
  const ends = '\n\r\u0085\u2028\u2029';
  const { options } = eventSourceMapping(
    (streamRouter() as Loose).onModify(to(ends), () => {}),
    START,
  );
  const pattern = options.filterCriteria?.filters[0]?.pattern as string;
  expect(pattern).toMatch(/^.*$/);
  expect(pattern).toContain('\\u0085\\u2028\\u2029');
  expect(JSON.parse(pattern).dynamodb.NewImage).toEqual({ a: { S: [ends] } });
});

describe('the filters of several routes', () => {
  test('routes that differ in the event share a filter', () => {
    const router = streamRouter()
      .onInsert(() => {})
      .onModify(() => {});
    expect(patternsOf(router)).toEqual([{ eventName: ['INSERT', 'MODIFY'] }]);
  });

  test('a route for each event needs no filter on the event', () => {
    const router = streamRouter()
      .onInsert(() => {})
      .onModify(() => {})
      .onRemove(() => {});
    expect(patternsOf(router)).toEqual([{ eventName: ['INSERT', 'MODIFY', 'REMOVE'] }]);
  });

  test('routes that differ in two attributes have a filter each', () => {
    const asks = (text: string) => (matches as Loose)({ newImage: { a: text, b: text } });
    const router = (streamRouter() as Loose).onModify(asks('x'), () => {}).onModify(asks('y'), () => {});
    expect(patternsOf(router)).toHaveLength(3);
  });

  test('what a wider route takes is not said again', () => {
    const router = (streamRouter() as Loose).onModify(to('PAID'), () => {}).onModify(() => {});
    expect(patternsOf(router)).toEqual([{ eventName: ['MODIFY'] }]);
  });

  const many = (count: number, text: string): unknown =>
    Array.from({ length: count }, (_, index) => index).reduce(
      (router, index) =>
        router.onModify((matches as Loose)({ newImage: { [`a${index}`]: `${text}${index}` } }), () => {}),
      streamRouter() as Loose,
    );

  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `a${index}`);
  const asked = (name: string): unknown => (matches as Loose)({ newImage: { [name]: 'x' } });

  // Each within the time of a test, for which comparing each with all others takes too long.
  test.each<[string, () => unknown]>([
    ['routes', () => many(5000, 'x')],
    ['alternatives', () => any(...(numbered(5000).map(asked) as Loose[]))],
    ['conditions', () => all(...(numbered(5000).map(asked) as Loose[]))],
    ['values', () => to((oneOf as Loose)(...numbered(5000)))],
    ['values of a pattern', () => eventPattern({ dynamodb: { NewImage: { a: { S: numbered(200_000) } } } })],
  ])('thousands of %s are widened to the event as well', (name, make) => {
    const made = make() as Loose;
    const router = name === 'routes' ? made : (streamRouter() as Loose).onModify(made, () => {});
    expect(patternsOf(router)).toEqual([{ eventName: ['MODIFY'] }]);
  });

  test('a route that takes all, behind hundreds, is enough', () => {
    const router = (many(200, 'x') as Loose).onModify(() => {});
    expect(patternsOf(router)).toEqual([{ eventName: ['MODIFY'] }]);
    expect(eventSourceMapping(router, START).warnings.map(({ code }) => code)).not.toContain(
      'FILTERS_WIDENED',
    );
  });

  test.each<[string, number, string]>([
    ['five filters', 6, 'x'],
    ['4,096 characters a filter', 1, 'x'.repeat(4096)],
    ['what may be worked out', 65, 'x'],
  ])('more than %s are widened to the event, with a warning', (_, count, text) => {
    const router = many(count, text);
    expect(patternsOf(router)).toEqual([{ eventName: ['MODIFY'] }]);
    const { warnings, routes } = eventSourceMapping(router as Loose, START);
    expect(warnings[0]).toEqual({
      code: 'FILTERS_WIDENED',
      message:
        "The filters test only the event name. Narrower filters would exceed AWS's limits of 5 filters and 4,096 " +
        'characters, or need the name of a key that a filter cannot express.',
    });
    expect(routes[0]).toEqual({
      eventName: 'MODIFY',
      entity: undefined,
      patterns: [{ eventName: ['MODIFY'] }],
    });
  });
});

describe('the filters of a table', () => {
  const table = (viewType: StreamViewType, keys = ['pk', 'sk'] as const) =>
    defineTable({
      name: 'App',
      keys,
      viewType,
      entities: {
        order: { item: itemOf<Loose>(), match: { sk: prefix('ORDER#') } },
        customer: { item: itemOf<Loose>(), match: { sk: 'PROFILE', type: 'CUSTOMER' } },
      },
    } as Loose) as Loose;
  const withoutKey = (key: string) => ({ dynamodb: { Keys: { [key]: { S: GONE, N: GONE, B: GONE } } } });
  const OTHER_TABLE = { $or: [withoutKey('pk'), withoutKey('sk')] };

  test('name the entity by its match, and let records of other tables through to be refused', () => {
    const router = (streamRouter(table('NEW_AND_OLD_IMAGES')) as Loose).entity('order', (orders: Loose) =>
      orders.onInsert(() => {}),
    );
    expect(patternsOf(router)).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'ORDER#' }] } } } },
      OTHER_TABLE,
    ]);
  });

  test('ask the image that decides, and let poorer streams through to be refused', () => {
    const router = (streamRouter(table('NEW_AND_OLD_IMAGES')) as Loose).entity(
      'customer',
      (customers: Loose) => customers.onModify(() => {}).onRemove(() => {}),
    );
    const keys = { sk: { S: ['PROFILE'] } };
    const image = { type: { S: ['CUSTOMER'] } };
    expect(patternsOf(router)).toEqual([
      { eventName: ['MODIFY'], dynamodb: { Keys: keys, NewImage: image } },
      { eventName: ['REMOVE'], dynamodb: { Keys: keys, OldImage: image } },
      { $or: [POORER, withoutKey('pk'), withoutKey('sk')] },
    ]);
  });

  test('on a stream of keys alone ask the keys', () => {
    const router = (streamRouter(table('KEYS_ONLY')) as Loose).entity('order', (orders: Loose) =>
      orders.onRemove(() => {}),
    );
    expect(patternsOf(router)[0]).toEqual({
      eventName: ['REMOVE'],
      dynamodb: { Keys: { sk: { S: [{ prefix: 'ORDER#' }] } } },
    });
  });

  test('whose key has a name that a pattern cannot say, name the event alone', () => {
    const router = (streamRouter(table('NEW_AND_OLD_IMAGES', ['a.b', 'sk'] as Loose)) as Loose).entity(
      'order',
      (orders: Loose) => orders.onInsert(() => {}),
    );
    expect(patternsOf(router)).toEqual([{ eventName: ['INSERT'] }]);
  });

  test('whose key has a name that EventBridge keeps for a comparison, name the event alone', () => {
    const router = (streamRouter(table('NEW_AND_OLD_IMAGES', ['regex', 'sk'] as Loose)) as Loose).entity(
      'order',
      (orders: Loose) => orders.onInsert(() => {}),
    );
    expect(patternsOf(router)).toEqual([{ eventName: ['INSERT'] }]);
  });

  test('whose records of no entity have to fail, are none', () => {
    const router = (streamRouter(table('NEW_AND_OLD_IMAGES'), { unknownEntity: 'fail' }) as Loose).onInsert(
      () => {},
    );
    const { routes } = eventSourceMapping(router, START);
    expect(patternsOf(router)).toEqual([]);
    expect(routes).toEqual([{ eventName: 'INSERT', entity: undefined, patterns: undefined }]);
  });
});

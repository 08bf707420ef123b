import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { changeOf } from '../../../src/cli/tail/change.ts';
import { formatChange, jsonOfChange } from '../../../src/cli/tail/format-change.ts';
import { exactNumber } from '../../../src/cli/terminal/exact-numbers.ts';

const plain = (_format: unknown, text: string): string => text;

function recordOf(record: Partial<DynamoDBRecord> & { dynamodb: object }): DynamoDBRecord {
  return {
    eventName: 'MODIFY',
    ...record,
    dynamodb: { ApproximateCreationDateTime: 1_479_499_740, ...record.dynamodb },
  };
}

test('values of every type are shown: sets as lists, binary as base64, maps in one order', () => {
  const NewImage = {
    id: { S: '1' },
    binary: { B: 'AQID' },
    numbers: { NS: ['2', '10.50'] },
    map: { M: { b: { NULL: true }, a: { L: [{ BOOL: false }] } } },
  };
  const change = changeOf(
    recordOf({ eventName: 'INSERT', dynamodb: { Keys: { id: { S: '1' } }, NewImage } }),
    ['id'],
  );
  const [, ...lines] = formatChange(change, plain);
  expect(lines).toEqual([
    '  + binary   "AQID"',
    '  + map      {"a":[false],"b":null}',
    '  + numbers  [2,10.50]',
  ]);
});

test('differences are in the order of their paths, list elements by number', () => {
  const list = (from: number) => ({
    L: Array.from({ length: 11 }, (_, index) => ({ N: `${index + from}` })),
  });
  const Keys = { id: { S: '1' } };
  const dynamodb = {
    Keys,
    OldImage: { ...Keys, list: list(0), gone: { S: 'x' } },
    NewImage: { ...Keys, list: list(1) },
  };
  const { changes } = changeOf(recordOf({ dynamodb }), ['id']);
  expect(changes?.map(({ path }) => path)).toEqual([
    'gone',
    ...Array.from({ length: 11 }, (_, index) => `list[${index}]`),
  ]);
});

test('a number that has not changed is not listed as a difference', () => {
  const image = { id: { S: '1' }, n: { N: '1.50' }, set: { NS: ['1', '2'] } };
  const { changes } = changeOf(
    recordOf({ dynamodb: { Keys: { id: { S: '1' } }, OldImage: image, NewImage: image } }),
    ['id'],
  );
  expect(changes).toEqual([]);
});

test('an item that Time to Live deleted says so', () => {
  const record = recordOf({
    eventName: 'REMOVE',
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    dynamodb: { Keys: { id: { S: '1' } }, OldImage: { id: { S: '1' } } },
  });
  const change = changeOf(record, ['id']);
  expect(formatChange(change, plain)[0]).toMatch(/^\d\d:\d\d:\d\d REMOVE id="1" \(expired\)$/);
  expect(JSON.parse(jsonOfChange(change))).toMatchObject({ expired: true, at: '2016-11-18T20:09:00.000Z' });
});

test.each([
  ['12345678901234567890.5', '12345678901234567890.5'],
  ['1E+2', '1E+2'],
  ['.5', '5e-1'],
  ['no number', '"no number"'],
])('the number %s is written as %s', (text, json) => {
  expect(JSON.stringify(exactNumber(text))).toBe(json);
});

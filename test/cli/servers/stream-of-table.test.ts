import { expect, test } from 'vitest';
import { keyNamesOf, keyTypesOf } from '../../../src/cli/servers/stream-of-table.ts';

test('the keys of a table are in the order of their schema, each with its type', () => {
  const table = {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
    AttributeDefinitions: [
      { AttributeName: 'ofAnIndex', AttributeType: 'S' as const },
      { AttributeName: 'sk', AttributeType: 'B' as const },
      { AttributeName: 'pk', AttributeType: 'N' as const },
    ],
  };
  expect(keyNamesOf(table)).toEqual(['pk', 'sk']);
  expect(keyTypesOf(table)).toEqual(['N', 'B']);
});

test('a server may describe no keys', () => {
  expect([keyNamesOf({}), keyTypesOf({})]).toEqual([[], []]);
});

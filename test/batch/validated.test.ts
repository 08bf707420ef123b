import { expect, test } from 'vitest';
import { batchSettings } from '../../src/batch/options.ts';
import { validated } from '../../src/batch/validated.ts';
import { defineTable, itemOf } from '../../src/index.ts';

const handle = (): string => 'handled';

test.each([
  ['without a table', undefined],
  [
    'with a table that has no schema',
    defineTable({ name: 'Notes', keys: ['id'], item: itemOf<{ id: string }>() }),
  ],
])('%s the handler is the one that was given: there is nothing to check', (_, table) => {
  expect(validated(batchSettings('streamRouter', {}, table), handle)).toBe(handle);
});

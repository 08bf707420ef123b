import { expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { itemOf } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { retry } from '../../src/middleware/retry.ts';
import { validate } from '../../src/middleware/validate.ts';
import { neededRecordsOf, type UseOptions } from '../../src/router/needed-records.ts';
import { NoteStore } from '../fixtures/note-store.ts';

const sink = { target: 'queue', send: async () => {} } as never;

test.each<[string, () => object, UseOptions | undefined, string]>([
  ['retry', () => retry(), undefined, 'routed'],
  ['deadLetter', () => deadLetter(sink), undefined, 'routed'],
  [
    'idempotent',
    () => idempotent({ persistenceStore: new NoteStore(new Map(), async () => {}) }),
    undefined,
    'routed',
  ],
  ['validate', () => validate(itemOf<object>() as never), undefined, 'routed'],
  ['auditTrail', () => auditTrail(sink), undefined, 'all'],
  // eventSourceMapping refuses it.
  ['auditTrail that is to get less', () => auditTrail(sink), { needs: 'routed' }, 'routed'],
  ['a middleware of the user', () => () => {}, undefined, 'all'],
  ['a middleware of the user that says so', () => () => {}, { needs: 'routed' }, 'routed'],
  ['a middleware of streamlane that is to get all', () => retry(), { needs: 'all' }, 'all'],
  ['an option that is undefined', () => retry(), { needs: undefined } as never, 'routed'],
])('%s needs the records that it says', (_, middleware, options, needs) => {
  expect(neededRecordsOf(middleware(), options)).toBe(needs);
});

test.each<[unknown, string]>([
  [{ needs: 'some' }, 'use: needs has to be one of all, routed, got'],
  [{ see: 'all' }, 'use: see is not an option'],
  ['routed', 'have to be an object, got'],
  [null, 'have to be an object, got null'],
])('%j is refused', (options, message) => {
  expect(() => neededRecordsOf(() => {}, options as never)).toThrow(message);
});

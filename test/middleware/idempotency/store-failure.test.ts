import { describe, expect, test } from 'vitest';
import { errorName, isWorthATry, storeFailure } from '../../../src/middleware/idempotency/store-failure.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('...'), { name, ...more });
const answered = (name: string, httpStatusCode: number) => named(name, { $metadata: { httpStatusCode } });

test.each<[ReturnType<typeof storeFailure>, unknown]>([
  ['passing', answered('ThrottlingException', 400)],
  ['passing', answered('ProvisionedThroughputExceededException', 400)],
  ['passing', answered('InternalServerError', 500)],
  ['passing', answered('TransactionConflictException', 400)],
  ['passing', named('Error', { code: 'ECONNRESET' })],
  ['passing', named('Error', { code: 'ECONNREFUSED' })],
  ['passing', named('TimeoutError')],
  ['passing', named('IdempotencyItemNotFoundError')],
  ['final', answered('ResourceNotFoundException', 400)],
  ['final', answered('AccessDeniedException', 400)],
  ['final', answered('ValidationException', 400)],
  ['final', named('CredentialsProviderError')],
  ['final', named('IdempotencyKeyError')],
  ['final', named('IdempotencyValidationError')],
  ['unknown', named('SocketClosedUnexpectedlyError')],
  ['unknown', new Error('throttled')],
  ['unknown', undefined],
  ['unknown', 'down'],
])('a failure is %s: %o', (expected, error) => {
  expect(storeFailure(error)).toBe(expected);
});

describe('another try', () => {
  test.each<[ReturnType<typeof storeFailure>, number, number, boolean]>([
    ['passing', 1000, 1, true],
    ['passing', 1, 0, false],
    ['passing', 4, Number.POSITIVE_INFINITY, true],
    ['passing', 5, Number.POSITIVE_INFINITY, false],
    ['unknown', 4, 1000, true],
    ['unknown', 5, 1000, false],
    ['final', 1, 1000, false],
  ])('after a %s failure, %d tries, %d ms left: %s', (failure, tries, leftMs, expected) => {
    expect(isWorthATry(failure, tries, leftMs)).toBe(expected);
  });
});

test.each([
  [undefined, ''],
  [null, ''],
  [{ name: 7 }, ''],
  ['text', ''],
  [new TypeError(), 'TypeError'],
])('the name of %o is %j', (error, name) => {
  expect(errorName(error)).toBe(name);
});

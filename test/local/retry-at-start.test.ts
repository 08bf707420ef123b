import { expect, test } from 'vitest';
import { retryAtStart } from '../../src/local/retry-at-start.ts';

const failing = (failure: object, times: number) => {
  let calls = 0;
  return {
    calls: () => calls,
    call: async () => {
      if (calls++ < times) throw failure;
      return 'done';
    },
  };
};

test.each([
  ['throttling', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
  ['an error of the server', { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } }],
  ['a page of a proxy', { name: 'SyntaxError', $metadata: { httpStatusCode: 503 } }],
  ['a connection that breaks', { name: 'Error', code: 'ECONNRESET' }],
])('%s is tried again, and reported', async (_, failure) => {
  const problems: unknown[] = [];
  const { call } = failing(failure, 2);
  await expect(retryAtStart(call, (...problem) => problems.push(problem))).resolves.toBe('done');
  expect(problems).toEqual([
    [failure, 100],
    [failure, 200],
  ]);
});

test.each([
  ['a server that does not run', { name: 'Error', code: 'ECONNREFUSED' }],
  ['a missing permission', { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }],
  ['a missing stream', { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } }],
])('%s is reported at once', async (_, failure) => {
  const { call, calls } = failing(failure, 1);
  await expect(retryAtStart(call, () => {})).rejects.toBe(failure);
  expect(calls()).toBe(1);
});

test('the last failure is thrown once the time is up', async () => {
  const failure = { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } };
  const { call, calls } = failing(failure, Number.POSITIVE_INFINITY);
  await expect(retryAtStart(call, () => {}, 50)).rejects.toBe(failure);
  expect(calls()).toBe(2);
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, SinkError } from '../../../src/errors.ts';
import { thrownRefusal } from '../../../src/sinks/batcher/thrown-refusal.ts';

const error = (more: object = {}): Error => Object.assign(new Error('hunter2'), more);
const fetchFailed = (code: string): Error => new TypeError('fetch failed', { cause: error({ code }) });
const throwing = Object.defineProperty({}, 'retryable', {
  get() {
    throw new Error('no');
  },
});

test.each([
  ['an error that says it may be tried again', error({ retryable: true }), 'passing'],
  ['an error that says it may not', error({ retryable: false }), 'target'],
  ['an error of another sink that passes', new SinkError('SINK_DEADLINE', true, 't', 'm'), 'passing'],
  ['a wrong configuration', new ConfigurationError('INVALID_OPTION', 'm'), 'target'],
  ['status 500', error({ status: 500 }), 'passing'],
  ['statusCode 503', error({ statusCode: 503 }), 'passing'],
  ['a response with status 429', error({ response: { status: 429 } }), 'passing'],
  ['a response with statusCode 408', error({ response: { statusCode: 408 } }), 'passing'],
  ['status 401', error({ status: 401 }), 'target'],
  ['status 404', error({ status: 404 }), 'target'],
  ['status 301', error({ status: 301 }), 'target'],
  ['status 413', error({ status: 413 }), 'message'],
  ['status 400', error({ status: 400 }), 'unknown'],
  ['status 422', error({ status: 422 }), 'unknown'],
  ['a status that is text', error({ status: '503' }), 'unknown'],
  [
    'throttling, by an AWS client',
    error({ name: 'ProvisionedThroughputExceededException', $metadata: { httpStatusCode: 400 } }),
    'passing',
  ],
  [
    'a documented refusal, by an AWS client',
    error({ name: 'InvalidMessageContents', $metadata: { httpStatusCode: 400 } }),
    'message',
  ],
  ['an AWS client that retries', error({ $retryable: {}, $metadata: { httpStatusCode: 400 } }), 'passing'],
  [
    'a bad request, by an AWS client',
    error({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } }),
    'unknown',
  ],
  ['a name of AWS on an error from elsewhere', error({ name: 'InvalidMessageContents' }), 'unknown'],
  ['a connection that broke off', error({ code: 'ECONNRESET' }), 'passing'],
  ['fetch, whose connection broke off', fetchFailed('ECONNRESET'), 'passing'],
  ['fetch, whose socket was closed', fetchFailed('UND_ERR_SOCKET'), 'passing'],
  ['fetch, without headers in time', fetchFailed('UND_ERR_HEADERS_TIMEOUT'), 'passing'],
  ['fetch, where nothing listens', fetchFailed('ECONNREFUSED'), 'unreachable'],
  ['fetch, of a host that does not exist', fetchFailed('ENOTFOUND'), 'unreachable'],
  ['fetch, with a certificate that has run out', fetchFailed('CERT_HAS_EXPIRED'), 'unreachable'],
  [
    'fetch, with a URL that is none',
    new TypeError('Failed to parse URL', { cause: error({ code: 'ERR_INVALID_URL' }) }),
    'target',
  ],
  ['fetch, with a wrong argument', fetchFailed('UND_ERR_INVALID_ARG'), 'unknown'],
  ['a timeout', new DOMException('late', 'TimeoutError'), 'passing'],
  ['a code from elsewhere', error({ code: 'SOME_CODE' }), 'unknown'],
  ['a plain error', error(), 'unknown'],
  ['a bug', new TypeError('hunter2'), 'unknown'],
  ['an answer that is not JSON', new SyntaxError('hunter2'), 'unknown'],
  ['undefined', undefined, 'unknown'],
  ['null', null, 'unknown'],
  ['zero', 0, 'unknown'],
  ['an empty text', '', 'unknown'],
  ['text', 'hunter2', 'unknown'],
  ['an object that throws when it is read', throwing, 'unknown'],
] as const)('%s is told apart', (_, thrown, fault) => {
  const refusal = thrownRefusal(thrown);
  expect(refusal.fault).toBe(fault);
  expect(refusal.code).not.toBe('');
  expect(inspect(refusal, { showHidden: true, depth: 9 })).not.toContain('hunter2');
});

describe('the code names', () => {
  test.each([
    ['the status', error({ status: 503 }), 'HTTP 503'],
    ['the error beside its status', error({ name: 'HTTPError', response: { status: 400 } }), 'HTTPError 400'],
    ['the code of the network', fetchFailed('ECONNRESET'), 'ECONNRESET'],
    ['the error of AWS', error({ name: 'Throttled', $metadata: { httpStatusCode: 429 } }), 'Throttled'],
    [
      'what a wrong configuration says',
      new ConfigurationError('INVALID_RESULT', 'Correct it.'),
      'Correct it',
    ],
    ['the kind of a value that is not an error', undefined, 'undefined thrown'],
  ])('%s', (_, thrown, code) => {
    expect(thrownRefusal(thrown).code).toBe(code);
  });
});

test('the message of the operating system about the network is kept', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  expect(thrownRefusal(new TypeError('fetch failed', { cause })).cause).toMatchObject({
    message: cause.message,
    code: cause.code,
  });
});

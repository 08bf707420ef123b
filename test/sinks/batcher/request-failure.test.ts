import { expect, test } from 'vitest';
import { failureName, requestFault } from '../../../src/sinks/batcher/request-failure.ts';

const answered = (httpStatusCode: number, name = 'Error', more: object = {}): Error =>
  Object.assign(new Error('m'), { name, $metadata: { httpStatusCode }, ...more });
const unanswered = (more: object): Error => Object.assign(new Error('m'), more);

test.each([
  ['a server error', answered(500, 'InternalError'), 'passing'],
  ['throttling', answered(400, 'ThrottlingException'), 'passing'],
  ['SNS throttling', answered(400, 'Throttled'), 'passing'],
  ['S3 throttling', answered(503, 'SlowDown'), 'passing'],
  ['KMS throttling', answered(400, 'KMSThrottlingException'), 'passing'],
  ['too little capacity', answered(400, 'ProvisionedThroughputExceededException'), 'passing'],
  ['too many requests', answered(429), 'passing'],
  ['what the SDK calls retryable', answered(400, 'X', { $retryable: {} }), 'passing'],
  ['an answer that is none', answered(200, 'SyntaxError'), 'passing'],
  ['credentials that have run out', answered(403, 'ExpiredTokenException'), 'passing'],
  ['a connection that was refused', unanswered({ code: 'ECONNREFUSED' }), 'unreachable'],
  ['a host that does not exist', unanswered({ code: 'ENOTFOUND' }), 'unreachable'],
  ['a connection that broke off', unanswered({ code: 'ECONNRESET' }), 'passing'],
  ['a stream of HTTP/2 that was closed', unanswered({ code: 'ERR_HTTP2_STREAM_CANCEL' }), 'passing'],
  ['an answer that broke off', unanswered({ code: 'ERR_STREAM_PREMATURE_CLOSE' }), 'passing'],
  ['an answer that is not HTTP', unanswered({ code: 'HPE_INVALID_CONSTANT' }), 'unreachable'],
  ['a certificate that has run out', unanswered({ code: 'CERT_HAS_EXPIRED' }), 'unreachable'],
  ['a timeout', unanswered({ name: 'TimeoutError' }), 'passing'],
  ['a timeout that a proxy tells of', answered(408), 'passing'],
  ['a timeout that S3 tells of', answered(400, 'RequestTimeout'), 'passing'],
  ['another writer of the item', answered(400, 'TransactionConflictException'), 'passing'],
  ['missing permission', answered(400, 'AccessDeniedException'), 'target'],
  ['missing permission in SNS', answered(403, 'AuthorizationError'), 'target'],
  ['a missing topic', answered(404, 'NotFound'), 'target'],
  ['a missing queue', answered(400, 'QueueDoesNotExist'), 'target'],
  ['a missing bucket', answered(404, 'NoSuchBucket'), 'target'],
  ['missing credentials', unanswered({ name: 'CredentialsProviderError' }), 'target'],
  ['no region', unanswered({ message: 'Region is missing' }), 'target'],
  ['a region that is none', unanswered({ message: 'Region not accepted: region="a b"' }), 'target'],
  ['credentials that are none', unanswered({ message: 'Resolved credential object is not valid' }), 'target'],
  ['an endpoint that is not a URL', unanswered({ name: 'TypeError', code: 'ERR_INVALID_URL' }), 'target'],
  [
    'a message that was damaged on its way',
    unanswered({ message: 'Invalid MD5 checksum on messages: 0' }),
    'passing',
  ],
  ['a redirect', answered(301), 'target'],
  ['what the service does not have', answered(501), 'target'],
  ['a bad parameter', answered(400, 'InvalidParameterValue'), 'unproven'],
  ['a bad item', answered(400, 'ValidationException'), 'unproven'],
  ['too large a request', answered(413), 'message'],
  [
    'an item for which an index has no room',
    answered(400, 'ItemCollectionSizeLimitExceededException'),
    'message',
  ],
  ['what the SDK could not write', unanswered({ name: 'TypeError' }), 'unproven'],
  ['an argument that Node refused', unanswered({ code: 'ERR_INVALID_ARG_TYPE' }), 'unproven'],
  ['nothing at all', undefined, 'unproven'],
] as const)('%s is told apart', (_, error, expected) => {
  expect(requestFault(error)).toBe(expected);
});

test.each([
  [answered(400, 'ValidationException'), 'ValidationException'],
  [unanswered({ code: 'ECONNRESET' }), 'ECONNRESET'],
  [new TypeError('quotes the message'), 'TypeError'],
  [new Error('quotes the message'), 'Error'],
  [unanswered({ name: 'TypeError', code: 'ERR_INVALID_URL' }), 'TypeError ERR_INVALID_URL'],
  [unanswered({ name: 'AggregateError', code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [unanswered({ message: 'Region is missing' }), 'Region is missing'],
  [undefined, 'undefined thrown'],
  [{ name: 7 }, 'object thrown'],
] as const)('a failure is named by its code, never by its text: %s', (error, name) => {
  expect(failureName(error)).toBe(name);
});

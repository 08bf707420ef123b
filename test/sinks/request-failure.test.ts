import { expect, test } from 'vitest';
import { failureName, requestFailure } from '../../src/sinks/request-failure.ts';

const answered = (httpStatusCode: number, name = 'Error', more: object = {}): Error =>
  Object.assign(new Error('m'), { name, $metadata: { httpStatusCode }, ...more });
const unanswered = (more: object): Error => Object.assign(new Error('m'), more);

test.each([
  ['a server error', answered(500, 'InternalError'), 'transient'],
  ['throttling', answered(400, 'ThrottlingException'), 'transient'],
  ['SNS throttling', answered(400, 'Throttled'), 'transient'],
  ['S3 throttling', answered(503, 'SlowDown'), 'transient'],
  ['KMS throttling', answered(400, 'KMSThrottlingException'), 'transient'],
  ['too little capacity', answered(400, 'ProvisionedThroughputExceededException'), 'transient'],
  ['too many requests', answered(429), 'transient'],
  ['what the SDK calls retryable', answered(400, 'X', { $retryable: {} }), 'transient'],
  ['an answer that is none', answered(200, 'SyntaxError'), 'transient'],
  ['credentials that have run out', answered(403, 'ExpiredTokenException'), 'transient'],
  ['a connection that was refused', unanswered({ code: 'ECONNREFUSED' }), 'transient'],
  ['a stream of HTTP/2 that was closed', unanswered({ code: 'ERR_HTTP2_STREAM_CANCEL' }), 'transient'],
  ['an answer that broke off', unanswered({ code: 'ERR_STREAM_PREMATURE_CLOSE' }), 'transient'],
  ['an answer that is no HTTP', unanswered({ code: 'HPE_INVALID_CONSTANT' }), 'transient'],
  ['a certificate that has run out', unanswered({ code: 'CERT_HAS_EXPIRED' }), 'transient'],
  ['a timeout', unanswered({ name: 'TimeoutError' }), 'transient'],
  ['a timeout that a proxy tells of', answered(408), 'transient'],
  ['a timeout that S3 tells of', answered(400, 'RequestTimeout'), 'transient'],
  ['another writer of the item', answered(400, 'TransactionConflictException'), 'transient'],
  ['missing permission', answered(400, 'AccessDeniedException'), 'target'],
  ['missing permission in SNS', answered(403, 'AuthorizationError'), 'target'],
  ['a missing topic', answered(404, 'NotFound'), 'target'],
  ['a missing queue', answered(400, 'QueueDoesNotExist'), 'target'],
  ['a missing bucket', answered(404, 'NoSuchBucket'), 'target'],
  ['missing credentials', unanswered({ name: 'CredentialsProviderError' }), 'target'],
  ['a bad parameter', answered(400, 'InvalidParameterValue'), 'content'],
  ['a bad item', answered(400, 'ValidationException'), 'content'],
  ['too large a request', answered(413), 'content'],
  [
    'an item for which an index has no room',
    answered(400, 'ItemCollectionSizeLimitExceededException'),
    'content',
  ],
  ['what the SDK could not write', unanswered({ name: 'TypeError' }), 'content'],
  ['an argument that Node refused', unanswered({ code: 'ERR_INVALID_ARG_TYPE' }), 'content'],
  ['nothing at all', undefined, 'content'],
] as const)('%s is told apart', (_, error, expected) => {
  expect(requestFailure(error)).toBe(expected);
});

test.each([
  [answered(400, 'ValidationException'), 'ValidationException'],
  [unanswered({ code: 'ECONNRESET' }), 'ECONNRESET'],
  [new Error('quotes the message'), 'unknown error'],
  [undefined, 'unknown error'],
] as const)('a failure is named by its code, never by its text: %s', (error, name) => {
  expect(failureName(error)).toBe(name);
});

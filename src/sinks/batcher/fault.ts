/**
 * Who has to act before a refused message can be accepted.
 *
 * - `'passing'`: no one; the same message may be accepted later
 * - `'unreachable'`: nothing, or the endpoint's configuration: it is tried as often as `'passing'`, then it is the target
 * - `'target'`: the configuration of the function or the target: every message fails until region, credentials, permissions, names,
 *   keys or quotas are corrected
 * - `'message'`: the message itself; AWS documents that its content causes this error, and only that
 * - `'unproven'`: it may be the message or the target. Unless other messages pass where this one fails, it is the target.
 * - `'unknown'`: as `'unproven'`, but of code that is not AWS's: even if others pass, the message is not refused for good
 *
 * docs/sink-errors.md lists the documented errors of the five services; its tests read that page.
 */
export type Fault = 'passing' | 'unreachable' | 'target' | 'message' | 'unproven' | 'unknown';

const THROTTLED =
  /throttl|TooManyRequests|(?<!CollectionSize)LimitExceeded|ProvisionedThroughput|SlowDown|PriorRequestNotComplete/i;

/**
 * Timeouts, other writers of the same item or object, credentials that are renewed, a clock that is set, a body that was
 * damaged on its way, and errors of the service itself.
 */
const PASSING =
  /TimeoutError|RequestTimeout|TransactionConflict|ReplicatedWriteConflict|ConditionalRequestConflict|OperationAborted|ExpiredToken|RequestExpired|TimeTooSkewed|TemporaryRedirect|IncompleteBody|BadDigest|ContentSHA256Mismatch|TokenRefresh|RequestAborted|^Redirect$|^Internal(Error|Failure|Server|Exception)|ServiceUnavailable|ServiceFailure/;

/** Region and endpoint, credentials, permissions, encryption keys, names, accounts, quotas, and requests that are malformed. */
const TARGET = new RegExp(
  [
    'AccessDenied|Authori[sz]ation|Authori[sz]ed|Credentials|Token|Signature|UnrecognizedClient|InvalidClient|AccessKeyId|OptIn|NotSignedUp|InvalidSecurity',
    'AccountProblem|AccountId|InvalidPayer|AllAccessDisabled|InvalidAddress|OverLimit|Suspended',
    'NotFound|NonExistent|DoesNotExist|NoSuch|ResourceInUse|(Application|Endpoint)Disabled',
    'Redirect|LocationConstraint|InvalidEndpoint|EndpointError|InvalidBucket|InvalidHostHeader|InvalidURI|MethodNotAllowed|NotImplemented|UnsupportedOperation',
    'KMS|Encryption|ObjectLock',
    'BatchEntryId|EmptyBatch|TooManyEntries|MalformedQueryString|InvalidAction|MissingAction|InvalidQueryParameter|UnknownOperation|MalformedXML|MissingContentLength|MissingSecurityHeader|InvalidStorageClass|MetadataTooLarge|TooManyParts|WriteOffset|PreconditionFailed',
  ].join('|'),
  'i',
);

/** Codes that AWS documents for the content of a message, or its size, and for nothing else. */
const MESSAGE: ReadonlySet<string> = new Set([
  'BatchRequestTooLong',
  'EntityTooLarge',
  'InvalidMessageContents',
  'ItemCollectionSizeLimitExceeded',
  'KeyTooLong',
  'KeyTooLongError',
  'MalformedDetail',
  'MaxMessageLengthExceeded',
]);

/**
 * Classifies an error code of AWS, of a request or of one of its entries.
 *
 * @param code as the SDK names the error or the service writes it: `InvalidParameterException`, `InvalidParameter`,
 * `AWS.SimpleQueueService.NonExistentQueue`
 */
export function faultOf(code: string): Fault {
  if (THROTTLED.test(code) || PASSING.test(code)) return 'passing';
  if (MESSAGE.has(code.replace(/^AWS\.SimpleQueueService\.|Exception$/g, ''))) return 'message';
  return TARGET.test(code) ? 'target' : 'unproven';
}

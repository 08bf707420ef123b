/**
 * What a request that failed as a whole says about its entries.
 *
 * - `'transient'`: nothing; the same request may succeed later
 * - `'target'`: nothing; whatever is sent to this target fails until somebody changes its permissions or its name
 * - `'content'`: one of them is at fault, and took the others with it
 */
export type RequestFailure = 'transient' | 'target' | 'content';

const THROTTLED =
  /throttl|TooManyRequests|(?<!CollectionSize)LimitExceeded|ProvisionedThroughput|SlowDown|PriorRequestNotComplete/i;
/** What is over by itself: timeouts, writers at the same item or object, credentials that are renewed, a clock that is set. */
const PASSING =
  /TimeoutError|RequestTimeout|TransactionConflict|OperationAborted|ExpiredToken|RequestExpired|TimeTooSkewed/;
const TARGET =
  /AccessDenied|Authori[sz]ation|NotAuthori[sz]ed|NotFound|NonExistent|DoesNotExist|NoSuchBucket|Credentials|Token|Signature|KMS/i;

/** The part of the SDK's errors, and of Node's, that tells what happened. */
interface SdkFailure {
  readonly name?: string;
  readonly code?: unknown;
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Tells what a failed request means for the next one. */
export function requestFailure(error: unknown): RequestFailure {
  const { name = '', code, $retryable, $metadata } = (error ?? {}) as SdkFailure;
  const status = $metadata?.httpStatusCode;
  if ($retryable !== undefined || isThrottling(name) || PASSING.test(name)) return 'transient';
  if (status === undefined) {
    // Without an answer it is the network, as in ECONNRESET, or something that the SDK could not even send.
    if (typeof code === 'string' && !code.startsWith('ERR_INVALID_')) return 'transient';
    return TARGET.test(name) ? 'target' : 'content';
  }
  // An answer of 200 that is none: a proxy in between.
  if (status >= 500 || status === 429 || status === 408 || status < 300) return 'transient';
  return status === 401 || status === 403 || status === 404 || TARGET.test(name) ? 'target' : 'content';
}

/** Whether a code of AWS's says: not so fast. Services disagree on whose fault that is. */
export function isThrottling(code: string): boolean {
  return THROTTLED.test(code);
}

/** The target's own name for a failure, for a message: a name of AWS's, never its text, which may quote the message. */
export function failureName(error: unknown): string {
  const { name, code } = (error ?? {}) as SdkFailure;
  if (name === undefined || name === 'Error') return typeof code === 'string' ? code : 'unknown error';
  return name;
}

import { ConfigurationError } from '../../errors.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { known, type Part, unread } from '../part.ts';

/**
 * Reads a part. An answer that says no, or that does not come, is a part that could not be read.
 *
 * @param action the permission that the call needs, as in `sqs:GetQueueAttributes`
 */
export async function attempt<T>(action: string, read: () => Promise<T>): Promise<Part<T>> {
  try {
    return known(await read());
  } catch (error) {
    return unread(reasonOf(action, error));
  }
}

/** {@link attempt} of what may not be there: `undefined`, where AWS says that it is not. */
export function attemptMissing<T>(action: string, read: () => Promise<T>): Promise<Part<T | undefined>> {
  return attempt(action, async () => {
    try {
      return await read();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/** The names under which the services say that there is no such thing. */
const MISSING = [
  'AWS.SimpleQueueService.NonExistentQueue',
  'NoSuchBucket',
  'NotFound',
  'NotFoundException',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
];

export function isMissing(error: unknown): boolean {
  return MISSING.includes(nameOf(error));
}

/** The services have several names for it. HEAD of a bucket has none, and its status. */
const DENIED = /^(?:AccessDenied|AuthorizationError|Forbidden|NotAuthorized|UnauthorizedOperation|403)/;

export function isDenied(error: unknown): boolean {
  return DENIED.test(nameOf(error)) || statusOf(error) === 403;
}

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded|SlowDown/;

/** A clause for the report: the reason for which nothing is known. */
function reasonOf(action: string, error: unknown): string {
  if (isInstance(error, ConfigurationError) && error.code === 'MISSING_PEER') {
    return error.problem.replace(/\.$/, '');
  }
  if (isDenied(error)) return `AWS refuses ${action}`;
  if (THROTTLED.test(nameOf(error)) || statusOf(error) === 429) return `AWS throttles ${action}`;
  // A page of a proxy, or a server that is not AWS's.
  if (nameOf(error) === 'SyntaxError') return `the answer to ${action} is not from AWS: check --endpoint`;
  const status = statusOf(error);
  if (/^Unknown(?:Error)?$/.test(nameOf(error)) && status !== undefined) {
    return `${action} failed with status ${status}`;
  }
  return `${action} failed: ${nameOf(error) || 'no answer'}`;
}

function nameOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  // Errors of the network are called `Error`, and have a code.
  return `${name === 'Error' && code !== undefined ? code : (name ?? '')}`;
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

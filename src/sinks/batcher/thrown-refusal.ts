import { ConfigurationError } from '../../errors.ts';
import { isInstance, partOf, requestCause } from '../../failure/content-free-cause.ts';
import type { Refusal } from './entry.ts';
import type { Fault } from './fault.ts';
import { failureName, requestFault } from './request-failure.ts';

/**
 * Makes a refusal of the error that a user's own request function threw. Any code may have thrown, so only these
 * documented members of an error count:
 *
 * - `retryable`, as the errors of streamlane have it
 * - the names and the `$retryable` of AWS's errors, as for the other sinks
 * - an HTTP status, wherever HTTP clients put it
 * - the codes of Node's network errors, also within the error of `fetch`
 *
 * Any other error is unknown: it never proves that a message is at fault.
 */
export function thrownRefusal(error: unknown): Refusal {
  const status = statusOf(error);
  const source = networkErrorOf(error);
  return {
    code: codeOf(error, source, status),
    // The text may quote the item, unless it is the network's.
    ...requestCause(source, networkText(source)),
    fault: faultOf(error, source, status),
    remedy:
      'See the cause, and check the target, its name and its permissions. If the message can never be accepted, let ' +
      'request return { code, retryable: false } for it.',
  };
}

const TOO_LARGE = 413;

function faultOf(error: unknown, source: unknown, status: number | undefined): Fault {
  const retryable = partOf(error, 'retryable');
  if (typeof retryable === 'boolean') return retryable ? 'passing' : 'target';
  const [name, message, $retryable] = ['name', 'message', '$retryable'].map((part) => partOf(source, part));
  const code = hasNetworkCode(source) ? partOf(source, 'code') : undefined;
  const fault = requestFault({ name, message, $retryable, code }, status);
  const documented = status === TOO_LARGE || isAws(error);
  return fault === 'unproven' || (fault === 'message' && !documented) ? 'unknown' : fault;
}

function codeOf(error: unknown, source: unknown, status: number | undefined): string {
  // It says what to do, and never quotes an item.
  if (isInstance(error, ConfigurationError)) return error.message.replace(/\.$/, '');
  const name = failureName(source);
  if (status === undefined || isAws(error)) return name;
  return `${name === 'Error' ? 'HTTP' : name} ${status}`;
}

function isAws(error: unknown): boolean {
  return partOf(error, '$metadata') !== undefined;
}

/** Where HTTP clients have the status: the SDK, those with `status` or `statusCode`, and those with a `response`. */
function statusOf(error: unknown): number | undefined {
  const holders = [error, partOf(error, 'response')];
  const statuses = holders.flatMap((holder) => [partOf(holder, 'status'), partOf(holder, 'statusCode')]);
  return [partOf(partOf(error, '$metadata'), 'httpStatusCode'), ...statuses].find(
    (status) => typeof status === 'number',
  );
}

/** The error of `fetch` says "fetch failed", and its cause says why. */
function networkErrorOf(error: unknown): unknown {
  const cause = partOf(error, 'cause');
  return hasNetworkCode(cause) ? cause : error;
}

/** Codes of sockets, name resolution, TLS and HTTP. Any other code is that of the code that threw. */
const NETWORK_CODE =
  /^(EAI_AGAIN|ECONN\w+|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|EPROTO|ETIMEDOUT|ERR_INVALID_URL|ERR_(HTTP2|SOCKET|SSL|STREAM|TLS)_\w+|HPE_\w+|UND_ERR_(SOCKET|\w*TIMEOUT))$|CERT|UNABLE_TO_VERIFY|SELF_SIGNED/;

function hasNetworkCode(error: unknown): boolean {
  const code = partOf(error, 'code');
  return typeof code === 'string' && NETWORK_CODE.test(code);
}

/** The text of an error of the operating system, which names a host and a port. */
function networkText(error: unknown): string | undefined {
  const message = partOf(error, 'message');
  return typeof partOf(error, 'syscall') === 'string' && typeof message === 'string' ? message : undefined;
}

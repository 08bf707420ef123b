import { partOf } from '../../failure/content-free-cause.ts';
import type { Refusal } from './entry.ts';
import { type Fault, faultOf } from './fault.ts';

/** Plain errors of the SDK, known by the fixed text they begin with, which quotes nothing. */
const PLAIN: readonly (readonly [text: string, fault: Fault])[] = [
  ['Region is missing', 'target'],
  ['Region not accepted', 'target'],
  ['Resolved credential object is not valid', 'target'],
  ['Invalid MD5 checksum', 'passing'],
];

/** Statuses that concern all requests alike: credentials, permissions, addresses, what the service does not have. */
const TARGET_STATUSES: readonly number[] = [401, 403, 404, 405, 501];
const TOO_LARGE = 413;

/**
 * Finds the fault behind a request that failed as a whole.
 *
 * @param status the status of the answer, for errors that have it elsewhere than those of the SDK
 */
export function requestFault(
  error: unknown,
  status: unknown = partOf(partOf(error, '$metadata'), 'httpStatusCode'),
): Fault {
  const name = partOf(error, 'name');
  if (partOf(error, '$retryable') !== undefined) return 'passing';
  const fault = typeof name === 'string' ? faultOf(name) : 'unproven';
  if (fault !== 'unproven') return fault;
  if (typeof status !== 'number') return unansweredFault(error, partOf(error, 'code'));
  if (status === TOO_LARGE) return 'message';
  if (TARGET_STATUSES.includes(status) || (status >= 300 && status < 400)) return 'target';
  // An answer of 200 that cannot be read: a proxy in between.
  return status >= 500 || status === 429 || status === 408 || status < 300 ? 'passing' : 'unproven';
}

/** No host of that name, nothing that listens, a certificate of another host or of no known issuer, no HTTP at all. */
const UNREACHABLE =
  /^(ENOTFOUND|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_TLS_|ERR_SSL_|HPE_INVALID)|CERT|UNABLE_TO_VERIFY|SELF_SIGNED/;

/** Without an answer it is the network, as in ECONNRESET, or something that the SDK could not even send. */
function unansweredFault(error: unknown, code: unknown): Fault {
  if (code === 'ERR_INVALID_URL') return 'target';
  if (typeof code === 'string' && !code.startsWith('ERR_INVALID_')) {
    return UNREACHABLE.test(code) ? 'unreachable' : 'passing';
  }
  return plainError(error)?.[1] ?? 'unproven';
}

function plainError(error: unknown): (typeof PLAIN)[number] | undefined {
  const message = partOf(error, 'message');
  return PLAIN.find(([text]) => typeof message === 'string' && message.startsWith(text));
}

/**
 * The failure's own name, for a message: `ValidationException`, `ECONNRESET`, `TypeError ERR_INVALID_URL`. Never its text,
 * which may quote the message, except the fixed texts of the SDK.
 */
export function failureName(error: unknown): string {
  const name = partOf(error, 'name');
  const code = partOf(error, 'code');
  const known = plainError(error);
  if (known !== undefined) return known[0];
  if (typeof name !== 'string' || name === '') return `${error === null ? 'null' : typeof error} thrown`;
  if (typeof code !== 'string') return name;
  return name === 'Error' || name === 'AggregateError' ? code : `${name} ${code}`;
}

/** Reads an error of the SDK: its name, and its consequence for the entries of its request. */
export function awsRefusal(cause: unknown): Refusal {
  return { code: failureName(cause), cause, fault: requestFault(cause) };
}

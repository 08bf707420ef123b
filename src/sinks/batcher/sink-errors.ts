import { SinkError } from '../../errors.ts';
import { nameOf, partOf, requestCause } from '../../failure/content-free-cause.ts';
import type { Refusal } from './entry.ts';

/** It can never fit into a request. */
export function tooLarge(target: string, bytes: number, most: number): SinkError {
  return new SinkError(
    'SINK_MESSAGE_TOO_LARGE',
    false,
    target,
    `a message of ${bytes} bytes was not sent, because the limit is ${most} bytes. Send less, or store it in a bucket and send its key.`,
  );
}

/**
 * It has a value that an item may hold and the target does not take, such as an empty text. A value that only a program has, such as
 * undefined, is a WrongMessage.
 */
export function invalid(target: string, reason: string, options?: ErrorOptions): SinkError {
  return new SinkError(
    'SINK_MESSAGE_INVALID',
    false,
    target,
    `a message was not sent: ${reason}. Correct the message.`,
    options,
  );
}

/** The target refused it, alone: for its content, or for a passing reason until its attempts were used up. */
export function refused(target: string, { code, cause, fault }: Refusal, attempts: number): SinkError {
  return new SinkError(
    'SINK_ENTRY_REFUSED',
    fault === 'passing',
    target,
    `a message was refused ${times(attempts)}: ${short(code)}. See this code in the documentation of the target.`,
    // Without the target's words, which may quote the message.
    requestCause(cause),
  );
}

/** The request failed, with all that was in it, for a reason that passes. */
export function requestFailed(target: string, { code, cause }: Refusal, attempts: number): SinkError {
  return new SinkError(
    'SINK_REQUEST_FAILED',
    true,
    target,
    `a message was not sent, because its request failed ${times(attempts)}: ${short(code)}. See the cause: the target's quotas, its service, the network.`,
    requestCause(cause, textOf(cause)),
  );
}

/** The target takes no message, or nothing shows that it would take another one. */
export function targetFailed(
  target: string,
  { code, cause, reason, remedy = AWS_REMEDY }: Refusal,
): SinkError {
  const problem =
    reason === undefined
      ? `, and nothing shows that the message is the reason: ${short(code)}`
      : `: ${reason} (${short(code)})`;
  return new SinkError(
    'SINK_REQUEST_FAILED',
    false,
    target,
    `a message was not accepted${problem}. ${remedy}`,
    NAMES_NO_CONTENT.test(nameOf(cause)) ? requestCause(cause, textOf(cause)) : requestCause(cause),
  );
}

const AWS_REMEDY =
  'See the cause, and check region, credentials, permissions, encryption key, and the name and settings of the target.';

/** Errors about credentials, permissions and names, whose text says which, and about nothing that a message holds. */
const NAMES_NO_CONTENT =
  /AccessDenied|Authori[sz]ation|NotAuthori[sz]ed|Credentials|Token|Signature|KMS|NotFound|NonExistent|DoesNotExist|NoSuchBucket/;

/** The target's words. The key of an object may be made of the item, so it is cut off its ARN. */
function textOf(cause: unknown): string | undefined {
  const message = partOf(cause, 'message');
  if (typeof message !== 'string') return undefined;
  return message.replace(/(:s3:::[^/\s"]+)\/[^\s"]*/g, '$1/...');
}

/** The deadline came first. */
export function deadlinePassed(target: string, cause: unknown): SinkError {
  return new SinkError(
    'SINK_DEADLINE',
    true,
    target,
    'the deadline came before a message was accepted. If this repeats, raise the function timeout or lower the batch size.',
    { cause },
  );
}

function times(attempts: number): string {
  return attempts === 1 ? 'once' : `${attempts} times`;
}

const MAX_OF_A_CODE = 300;

/** Functions of users give codes too, and some take the whole answer of an endpoint for one. */
function short(code: string): string {
  return code.length > MAX_OF_A_CODE ? `${code.slice(0, MAX_OF_A_CODE)}...` : code;
}

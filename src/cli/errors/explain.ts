import { ConfigurationError, StreamlaneError } from '../../errors.ts';
import { isInstance, partOf } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { flagProblem } from '../flags/flag-of.ts';
import { CliError } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** The text that the user gets for an error. */
export interface Explanation {
  /** One line. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

// What the user gave cannot be used, so nothing was tried.
const BAD_INPUT = [
  'INVALID_CHECKPOINT_FILE',
  'INVALID_HANDLER',
  'INVALID_ITEM',
  'INVALID_OPTION',
  'INVALID_PATTERN',
  'INVALID_TABLE',
  'NOT_A_STREAM_EVENT',
  'UNKNOWN_OPTION',
];

/** Codes of errors that mean that no server was reached. */
const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
];

/** Turns whatever was thrown into one line and an exit code. */
export function explain(error: unknown): Explanation {
  if (isInstance(error, CliError)) return { message: oneLine(error.message), exitCode: error.exitCode };
  if (isInstance(error, StreamlaneError)) {
    const exitCode = BAD_INPUT.includes(error.code) ? EXIT.usage : EXIT.failed;
    return { message: oneLine(ownText(error)), exitCode };
  }
  return { message: ofSdk(error) ?? other(error), exitCode: EXIT.failed };
}

// What commands call for the user, whose options are flags.
const CALLED_BY_COMMANDS = ['startEmulators', 'startEventSourceMapping'];

/** The text of an error of streamlane, without the name of a function that the user did not call. */
function ownText(error: StreamlaneError): string {
  if (!isInstance(error, ConfigurationError)) return error.message;
  return CALLED_BY_COMMANDS.includes(`${error.owner}`) ? flagProblem(error) : error.message;
}

function ofSdk(error: unknown): string | undefined {
  const [name, code, message] = [textIn(error, 'name'), textIn(error, 'code'), textIn(error, 'message')];
  if (UNREACHABLE.includes(code) || name === 'TimeoutError') {
    return (
      `No server answers (${oneLine(message || code || name)}). ` +
      'Check --endpoint or AWS_ENDPOINT_URL, or start servers with: streamlane emulators'
    );
  }
  if (name === 'CredentialsProviderError') {
    return `AWS credentials are missing or cannot be used (${oneLine(message)}). Name a profile with --profile, or sign in.`;
  }
  if (message === 'Region is missing')
    return 'The AWS region is not known. Name it with --region or AWS_REGION.';
  if (/^(UnrecognizedClient|AccessDenied|ExpiredToken|InvalidSignature)/.test(name)) {
    return `AWS refuses the call: ${oneLine(message)} Check the profile, its permissions and --region.`;
  }
  if (name === 'QueueDoesNotExist')
    return 'There is no such queue here. Check --queue, --endpoint, --region and --profile.';
  if (name === 'ValidationException') {
    return `The request is refused: ${oneLine(message).replace(/\.?$/, '.')} Correct the table's name, the keys or the item.`;
  }
  return undefined;
}

/** Code of the user's may throw anything. */
function textIn(error: unknown, part: string): string {
  const value = partOf(error, part);
  return typeof value === 'string' ? value : '';
}

function other(error: unknown): string {
  if (!isInstance(error, Error)) return `Something threw ${thrownText(error)}.`;
  return `${oneLine(thrownText(error).replace(/^Error: /, ''))} (--verbose prints the stack)`;
}

function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

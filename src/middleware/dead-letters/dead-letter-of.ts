import { InvalidEventError } from '../../errors.ts';
import { isSequenceNumber } from '../../record/sequence-number.ts';
import { DEAD_LETTER_VERSION, type DeadLetter } from './dead-letter.ts';

const EVENT_NAMES: readonly unknown[] = ['INSERT', 'MODIFY', 'REMOVE'];

/**
 * Reads a dead letter: the body of a queue's message, a line of a bucket's object, an item of a table.
 *
 * The envelope that SNS puts around a message (without raw message delivery), or EventBridge, is taken off.
 * Attributes that this version does not know are kept.
 *
 * @param letter JSON text, or what was parsed or unmarshalled from it
 * @throws InvalidEventError `NOT_A_DEAD_LETTER`, which says what is wrong and quotes nothing of it
 * @example
 * ```ts
 * const letters = messages.map(({ Body }) => deadLetterOf(Body));
 * ```
 */
export function deadLetterOf(letter: unknown): DeadLetter {
  const content = contentOf(parsed(letter));
  const problem = problemOf(content);
  if (problem !== undefined) refuse(problem);
  return content as DeadLetter;
}

/** JSON.parse quotes the text in its errors, and the text holds an item. */
function parsed(letter: unknown): unknown {
  if (typeof letter !== 'string') return letter;
  try {
    return JSON.parse(letter);
  } catch {
    return refuse('it is text that is no JSON');
  }
}

/** SNS: `{ Type: 'Notification', Message: '...' }`; EventBridge: `{ 'detail-type': '...', detail: {} }`. */
function contentOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (value.Type === 'Notification' && typeof value.Message === 'string') return parsed(value.Message);
  return 'detail-type' in value ? value.detail : value;
}

function problemOf(letter: unknown): string | undefined {
  if (!isObject(letter)) return 'it is no object';
  if (letter.version !== DEAD_LETTER_VERSION) return versionProblem(letter.version);
  const { id, time, error, record } = letter;
  if (typeof id !== 'string') return 'its id is no text';
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return 'its time is no ISO 8601 text';
  if (!hasTexts(error, ['name', 'message'])) return 'its error has no name and message';
  if (!hasTexts(letter.function, ['name', 'version', 'requestId']))
    return 'its function has no name, version and requestId';
  return isObject(record) ? recordProblem(record) : 'its record is no object';
}

function versionProblem(version: unknown): string {
  return typeof version === 'string' && version.startsWith('streamlane.dead-letter/')
    ? `it is of another version than ${DEAD_LETTER_VERSION}: read it with the streamlane that wrote it`
    : `its version is not ${DEAD_LETTER_VERSION}`;
}

/** What a record has to have to be handed to a handler, and to be answered for. */
function recordProblem({ eventName, dynamodb }: Readonly<Record<string, unknown>>): string | undefined {
  if (!EVENT_NAMES.includes(eventName))
    return 'its record has an eventName that is none of INSERT, MODIFY, REMOVE';
  if (!isObject(dynamodb) || !isSequenceNumber(dynamodb.SequenceNumber))
    return 'its record has no SequenceNumber of 1 to 40 digits';
  return isObject(dynamodb.Keys) ? undefined : 'its record has no Keys';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}

function refuse(problem: string): never {
  throw new InvalidEventError(
    'NOT_A_DEAD_LETTER',
    `This is no dead letter: ${problem}. Pass what streamlane's deadLetter has written, one letter at a time.`,
  );
}

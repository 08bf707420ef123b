import { InvalidEventError } from '../errors.ts';
import { DEAD_LETTER_VERSION, type DeadLetter } from './dead-letter.ts';
import { isPlainObject, recordProblem } from './record-problem.ts';

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
  const content = withRecord(contentOf(parsed(letter)));
  const problem = problemOf(content);
  if (problem !== undefined) refuse(problem);
  return content as DeadLetter;
}

/** The record of a letter that nests too deep is text. */
function withRecord(letter: unknown): unknown {
  if (!isPlainObject(letter) || typeof letter.record !== 'string') return letter;
  return { ...letter, record: parsed(letter.record) };
}

/** JSON.parse quotes the text in its errors, and the text holds an item. */
function parsed(letter: unknown): unknown {
  if (typeof letter !== 'string') return letter;
  try {
    return JSON.parse(letter);
  } catch {
    return refuse('it is text that is not JSON');
  }
}

/** SNS: `{ Type: 'Notification', Message: '...' }`; EventBridge: `{ 'detail-type': '...', detail: {} }`. */
function contentOf(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  if (value.Type === 'Notification' && typeof value.Message === 'string') return parsed(value.Message);
  return 'detail-type' in value ? value.detail : value;
}

function problemOf(letter: unknown): string | undefined {
  if (!isPlainObject(letter)) return 'it is not an object';
  if (letter.version !== DEAD_LETTER_VERSION) return versionProblem(letter.version);
  const { id, time, error, record } = letter;
  if (typeof id !== 'string') return 'its id is not text';
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return 'its time is not ISO 8601 text';
  if (!hasTexts(error, ['name', 'message'])) return 'its error has no name and message';
  if (!hasTexts(letter.function, ['name', 'version', 'requestId']))
    return 'its function has no name, version and requestId';
  const problem = recordProblem(record);
  return problem && `its record ${problem}`;
}

function versionProblem(version: unknown): string {
  return typeof version === 'string' && version.startsWith('streamlane.dead-letter/')
    ? `it is of another version than ${DEAD_LETTER_VERSION}: read it with the streamlane that wrote it`
    : `its version is not ${DEAD_LETTER_VERSION}`;
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isPlainObject(value) && names.every((name) => typeof value[name] === 'string');
}

function refuse(problem: string): never {
  throw new InvalidEventError(
    'NOT_A_DEAD_LETTER',
    `This is not a dead letter: ${problem}. Pass what streamlane's deadLetter has written, one letter at a time.`,
  );
}

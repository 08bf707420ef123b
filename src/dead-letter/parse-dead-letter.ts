import { InvalidEventError } from '../errors.ts';
import { DEAD_LETTER_VERSION, type DeadLetter, isDeadLetterVersion } from './dead-letter.ts';
import { parsedText, withoutEnvelopes } from './envelope.ts';
import { isPlainObject, recordProblem } from './record-problem.ts';

/**
 * Reads a dead letter: the body of a queue's message, a line of a bucket's object, an item of a table.
 *
 * The envelopes of SNS (without raw message delivery) and of EventBridge are taken off.
 * Attributes that this version does not know are kept.
 *
 * @param letter JSON text, or the value parsed or unmarshalled from it
 * @throws InvalidEventError `NOT_A_DEAD_LETTER`, which names the problem and does not quote the letter
 * @example
 * ```ts
 * const letters = messages.map(({ Body }) => parseDeadLetter(Body));
 * ```
 */
export function parseDeadLetter(letter: unknown): DeadLetter {
  const content = withRecord(withoutEnvelopes(letter));
  const problem = problemOf(content);
  if (problem === undefined) return content as DeadLetter;
  throw new InvalidEventError(
    'NOT_A_DEAD_LETTER',
    `This is not a dead letter: ${problem}. Pass one letter that streamlane's deadLetter wrote.`,
  );
}

/** The record of a letter is text where it nests too deep for a table. */
function withRecord(letter: unknown): unknown {
  if (!isPlainObject(letter) || typeof letter.record !== 'string') return letter;
  return { ...letter, record: parsedText(letter.record) };
}

function problemOf(letter: unknown): string | undefined {
  if (typeof letter === 'string') return 'it is text that is not JSON';
  if (!isPlainObject(letter)) return 'it is not an object';
  if (letter.version !== DEAD_LETTER_VERSION) return versionProblem(letter.version);
  const { id, time, error, entity, traceparent, record } = letter;
  if (typeof id !== 'string') return 'its id is not text';
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return 'its time is not ISO 8601 text';
  if (!hasTexts(error, ['name', 'message'])) return 'its error has no name and message';
  if (!hasTexts(letter.function, ['name', 'version', 'requestId']))
    return 'its function has no name, version and requestId';
  if (entity !== undefined && typeof entity !== 'string') return 'its entity is not text';
  if (traceparent !== undefined && typeof traceparent !== 'string') return 'its traceparent is not text';
  const problem = recordProblem(record);
  return problem && `its record ${problem}`;
}

function versionProblem(version: unknown): string {
  return isDeadLetterVersion(version)
    ? `it has another version than ${DEAD_LETTER_VERSION}: read it with the version of streamlane that wrote it`
    : `its version is not ${DEAD_LETTER_VERSION}`;
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isPlainObject(value) && names.every((name) => typeof value[name] === 'string');
}

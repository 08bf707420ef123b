import type { Context, DynamoDBRecord } from 'aws-lambda';
import { jsonTextOf, nestsDeeper } from '../item/json-text.ts';
import { copyOf } from '../record/copy.ts';
import { DEAD_LETTER_VERSION, type DeadLetter } from './dead-letter.ts';
import { thrownError } from './thrown-error.ts';

/**
 * How deep a record may nest in a letter. A table takes 32 levels, of which the letter is one, and a queue's message has
 * to be written as JSON, which fills the stack at some depth.
 */
const MAX_LEVELS = 30;

/** A letter in the form that sinks get: `parseDeadLetter` makes a record of the text again. */
type SentLetter = Omit<DeadLetter, 'record'> & { readonly record: DynamoDBRecord | string };

/** The members that a letter may lack. */
interface OptionalMembers {
  /** Undefined where the record belongs to no entity. */
  readonly entity?: string | undefined;
  /** Undefined where the record has no trace. */
  readonly traceparent?: string | undefined;
}

/**
 * Makes the letter about a record that failed.
 */
export function createDeadLetter(
  record: DynamoDBRecord,
  thrown: unknown,
  lambdaContext: Context | undefined,
  { entity, traceparent }: OptionalMembers = {},
): DeadLetter {
  return {
    version: DEAD_LETTER_VERSION,
    id: deadLetterId(record),
    time: new Date().toISOString(),
    error: thrownError(thrown),
    function: {
      name: lambdaContext?.functionName ?? '',
      version: lambdaContext?.functionVersion ?? '',
      requestId: lambdaContext?.awsRequestId ?? '',
    },
    ...(entity !== undefined && { entity }),
    ...(traceparent !== undefined && { traceparent }),
    record,
  };
}

/**
 * Makes the letter that a sink gets: with a copy of the record, because a sink of the user's may change it, and the next
 * attempt and letter read the record again; with text of a record that nests too deep for the sink.
 */
export function sentLetterOf(letter: DeadLetter): SentLetter {
  const { record } = letter;
  return {
    ...letter,
    record: nestsDeeper(record, MAX_LEVELS) ? jsonTextOf(record) : (copyOf(record) as DynamoDBRecord),
  };
}

/** The same for all letters about one record. */
function deadLetterId(record: DynamoDBRecord): string {
  return `${record.eventSourceARN ?? ''}/${record.dynamodb?.SequenceNumber}`;
}

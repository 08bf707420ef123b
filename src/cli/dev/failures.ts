import { parseResponse } from '../../delivery/batch-response.ts';
import { errorText } from '../../failure/thrown-text.ts';
import type { InvocationEvent } from '../../local/mapping-events.ts';
import { withVariableHint } from '../errors/missing-variable.ts';
import { placeIn } from '../errors/place-in.ts';
import { type PublishedFailure, plainError } from './sandbox/messages.ts';

/** Why a record failed, or an invocation as a whole. */
export interface Failure {
  /** Undefined when it is not known which record it was. */
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  /** Of the item, as the record has them. */
  readonly keys: unknown;
  /** True if a sink accepted the record's dead letter. The record then counts as handled. */
  readonly deadLettered: boolean;
  readonly message: string;
  /** `src/handler.ts:12`, relative to the working directory. */
  readonly at: string | undefined;
  readonly stack: string;
}

/** Keeps the published failures of records until their invocation has ended. */
export class Failures {
  readonly #published: Map<string, PublishedFailure> = new Map();
  /** The terminal and the console ask for the same invocation. */
  readonly #known: WeakMap<InvocationEvent, readonly Failure[]> = new WeakMap();

  /** Takes what the sandbox of an invocation has collected. A record that fails after its letter counts as failed. */
  add(failures: readonly PublishedFailure[]): void {
    for (const failure of failures) this.#published.set(failure.sequenceNumber, failure);
  }

  /** Returns the failures of an invocation: the failed records, or else the failure in its response; and dead letters. */
  of(invocation: InvocationEvent): readonly Failure[] {
    const known = this.#known.get(invocation) ?? this.#find(invocation);
    this.#known.set(invocation, known);
    return known;
  }

  #find({ records, response, error, outcome }: InvocationEvent): readonly Failure[] {
    const failures: Failure[] = [];
    for (const { eventID, eventName, dynamodb } of records) {
      const sequenceNumber = `${dynamodb?.SequenceNumber}`;
      const published = this.#published.get(sequenceNumber);
      this.#published.delete(sequenceNumber);
      if (published === undefined) continue;
      const { deadLettered } = published;
      failures.push({ eventID, eventName, keys: dynamodb?.Keys, deadLettered, ...wordsOf(published.error) });
    }
    if (outcome === 'succeeded') return failures.filter(({ deadLettered }) => deadLettered);
    if (failures.some(({ deadLettered }) => !deadLettered)) return failures;
    return [...failures, unexplained(records, response, error)];
  }
}

/** Describes the failure of an invocation when no record's failure is known. */
function unexplained(records: InvocationEvent['records'], response: unknown, error: unknown): Failure {
  const only = records.length === 1 ? records[0] : undefined;
  if (response === undefined) {
    return {
      eventID: only?.eventID,
      eventName: only?.eventName,
      keys: only?.dynamodb?.Keys,
      deadLettered: false,
      ...wordsOf(plainError(error)),
    };
  }
  const reported = parseResponse(response);
  const identifiers: readonly unknown[] = reported.type === 'identifiers' ? reported.identifiers : [];
  const first = records.find(({ dynamodb }) => identifiers.includes(dynamodb?.SequenceNumber));
  const message =
    first !== undefined
      ? 'the handler reported it'
      : identifiers.length > 0
        ? 'the response names records that are not in the batch'
        : 'the handler did not return a batch response';
  return {
    eventID: first?.eventID,
    eventName: first?.eventName,
    keys: first?.dynamodb?.Keys,
    deadLettered: false,
    message,
    at: undefined,
    stack: '',
  };
}

function wordsOf({
  name,
  message,
  stack,
}: PublishedFailure['error']): Pick<Failure, 'message' | 'at' | 'stack'> {
  return { message: withVariableHint(errorText(name, message), true), at: placeIn(stack), stack };
}

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportedBy } from '../../delivery/batch-response.ts';
import type { InvocationEvent } from '../../local/mapping-events.ts';
import { type LoggedFailure, plainError } from './sandbox/messages.ts';

/** Why a record failed, or an invocation as a whole. */
export interface Failure {
  /** Undefined when nobody knows which record it was. */
  readonly eventID: string | undefined;
  readonly eventName: string | undefined;
  readonly message: string;
  /** `src/handler.ts:12`, relative to the working directory. */
  readonly at: string | undefined;
  readonly stack: string;
}

/** Keeps what handlers log of failed records until their invocation has ended. */
export class Failures {
  readonly #logged: Map<string, LoggedFailure> = new Map();

  /** What a handler's log says. */
  add(failures: readonly LoggedFailure[]): void {
    for (const failure of failures) this.#logged.set(failure.sequenceNumber, failure);
  }

  /** What went wrong in an invocation: the records that its log names, or else what its answer says. */
  of({ records, response, error, outcome }: InvocationEvent): readonly Failure[] {
    if (outcome === 'succeeded') return [];
    const failures: Failure[] = [];
    for (const { eventID, eventName, dynamodb } of records) {
      const sequenceNumber = `${dynamodb?.SequenceNumber}`;
      const logged = this.#logged.get(sequenceNumber)?.error;
      this.#logged.delete(sequenceNumber);
      if (logged !== undefined) failures.push({ eventID, eventName, ...wordsOf(logged) });
    }
    if (failures.length > 0) return failures;
    const only = records.length === 1 ? records[0] : undefined;
    if (response === undefined) {
      return [{ eventID: only?.eventID, eventName: only?.eventName, ...wordsOf(plainError(error)) }];
    }
    const reported = reportedBy(response);
    const identifiers: readonly unknown[] = reported.type === 'identifiers' ? reported.identifiers : [];
    const first = records.find(({ dynamodb }) => identifiers.includes(dynamodb?.SequenceNumber));
    const message =
      first !== undefined
        ? 'the handler reported it'
        : identifiers.length > 0
          ? 'the answer names records that are not in the batch'
          : 'the answer is no response of a batch';
    return [{ eventID: first?.eventID, eventName: first?.eventName, message, at: undefined, stack: '' }];
  }
}

function wordsOf({
  name,
  message,
  stack,
}: LoggedFailure['error']): Pick<Failure, 'message' | 'at' | 'stack'> {
  return { message: `${name}: ${message}`, at: placeIn(stack), stack };
}

/** The first line of the user's own code in a stack. */
function placeIn(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    // From its end, `file:///src/handler.ts?2:12:5)`: a message may be a line of the stack, and may be long.
    const at = /:(\d{1,9}):\d{1,9}\)?$/.exec(line.slice(-30));
    const from = line.lastIndexOf('file://');
    if (at === null || from === -1) continue;
    const [url = ''] = line.slice(from, line.length - at[0].length).split('?');
    const path = pathOf(url);
    if (path !== undefined && !url.includes('/node_modules/'))
      return `${relative(process.cwd(), path)}:${at[1]}`;
  }
  return undefined;
}

/** A message may have what only looks like the URL of a file. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

import { invocationOf, type RecordContext } from './record-context.ts';

/** Invocation -> its records whose dead letter was accepted, by sequence number, with the error that the letter is about. */
const accepted: WeakMap<object, Map<string, unknown>> = new WeakMap();

/** Notes that a dead letter about this record was accepted, so that its success is not counted as one of the handler. */
export function noteDeadLetter(context: RecordContext, sequenceNumber: string, thrown: unknown): void {
  const invocation = invocationOf(context);
  const noted = accepted.get(invocation);
  if (noted === undefined) accepted.set(invocation, new Map([[sequenceNumber, thrown]]));
  else noted.set(sequenceNumber, thrown);
}

/** The records of an invocation whose dead letter was accepted, by sequence number, with their errors. */
export function deadLetteredIn(context: RecordContext): ReadonlyMap<string, unknown> {
  return accepted.get(invocationOf(context)) ?? new Map();
}

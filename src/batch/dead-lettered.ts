import { invocationOf, type RecordContext } from './record-context.ts';

/** Invocation -> the sequence numbers of its records whose dead letter was accepted. */
const accepted: WeakMap<object, Set<string>> = new WeakMap();

/** Notes that a dead letter about this record was accepted, so that its success is not counted as one of the handler. */
export function noteDeadLetter(context: RecordContext, sequenceNumber: string): void {
  const invocation = invocationOf(context);
  const noted = accepted.get(invocation);
  if (noted === undefined) accepted.set(invocation, new Set([sequenceNumber]));
  else noted.add(sequenceNumber);
}

/** The sequence numbers of the records of an invocation whose dead letter was accepted. */
export function deadLetteredIn(context: RecordContext): ReadonlySet<string> {
  return accepted.get(invocationOf(context)) ?? new Set();
}

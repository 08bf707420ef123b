import { expect, test } from 'vitest';
import { deadLetteredIn, noteDeadLetter } from '../../src/batch/dead-lettered.ts';
import { Deadline } from '../../src/batch/deadline.ts';
import { type RecordContext, recordContext } from '../../src/batch/record-context.ts';
import { memoryLogger } from '../fixtures/events.ts';

const context = (): RecordContext => recordContext(memoryLogger(), new Deadline(undefined, 0), undefined);

test('each invocation knows its own dead letters', () => {
  const [one, other] = [context(), context()];
  noteDeadLetter(one, '1', undefined);
  noteDeadLetter(one, '2', undefined);
  noteDeadLetter(one, '1', undefined);
  expect([...deadLetteredIn(one).keys()]).toEqual(['1', '2']);
  expect([...deadLetteredIn(other).keys()]).toEqual([]);
});

test('a copy of the context, as a middleware may pass it, belongs to the same invocation', () => {
  const one = context();
  noteDeadLetter({ ...one, logger: memoryLogger() }, '1', undefined);
  expect([...deadLetteredIn(one).keys()]).toEqual(['1']);
});

test('a context that was made by hand is a separate invocation', () => {
  const made = { logger: memoryLogger(), signal: new AbortController().signal } as unknown as RecordContext;
  noteDeadLetter(made, '1', undefined);
  expect([...deadLetteredIn(made).keys()]).toEqual(['1']);
});

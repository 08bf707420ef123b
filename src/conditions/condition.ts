import { ConfigurationError } from '../errors.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import { LazyRecord } from '../record/lazy-record.ts';

/** Decides whether a route takes a record. Gets the record, returns true or false, never a promise. */
export interface Condition<R> {
  // biome-ignore lint/style/useShorthandFunctionType: TypeScript infers `R` through an interface, not through an alias
  (record: R): boolean;
}

/**
 * Asks a condition. Changes that it makes to keys and images are not seen by others: the images that it read are unmarshalled again.
 *
 * @throws ConfigurationError `ASYNC_CONDITION`
 */
export function holds<R>(condition: Condition<R>, record: R): boolean {
  const answer: unknown = condition(record);
  if (record instanceof LazyRecord) record.reread();
  if (typeof answer === 'boolean') return answer;
  return answerOf('A condition', answer, 'A condition has to be synchronous: await in the handler.');
}

/**
 * Reads what a condition, or an option that decides like one, answered.
 *
 * A promise or a generator is truthy: it would count as yes for every record, and its opposite as no, in silence.
 *
 * @param owner what answered, as in `A condition`
 * @param remedy what to do instead of waiting
 * @throws ConfigurationError `ASYNC_CONDITION`
 */
export function answerOf(owner: string, answer: unknown, remedy: string, options?: ErrorOptions): boolean {
  const promise = isThenable(answer);
  if (promise || isUnfinished(answer)) {
    // Nothing waits for it any more, and an unhandled rejection would end the process.
    ignoreErrors(() => (promise ? answer : refuseUnfinished(answer, owner)));
    throw new ConfigurationError(
      'ASYNC_CONDITION',
      `${owner} returned ${promise ? 'a promise' : 'promises or a generator'}. ${remedy}`,
      options,
    );
  }
  return Boolean(answer);
}

import { LazyRecord } from '../record/lazy-record.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { builtIn } from './built-in.ts';
import { compilePattern, type EventPattern } from './compile-pattern.ts';
import type { Condition } from './condition.ts';
import { patternWarnings } from './pattern-warnings.ts';

/**
 * A condition for any event: the record, as Lambda sent it, matches an event pattern. The grammar is that of a
 * mapping's filters, so what stands here can move to `filterCriteria`, where it costs no invocation.
 *
 * Nothing is unmarshalled for it. A router logs a warning when it gets a pattern with a part that never matches, such as
 * an attribute without its type.
 *
 * @param pattern as an object or as JSON
 * @throws ConfigurationError `INVALID_PATTERN`
 * @example
 * ```ts
 * router.onInsert(eventPattern({ dynamodb: { NewImage: { status: { S: ['OPEN'] } } } }), async ({ newImage }) => {});
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function eventPattern<R extends RecordBase<EventName, unknown> = RecordBase<EventName, unknown>>(
  pattern: string | EventPattern,
): Condition<R> {
  const matches = compilePattern(pattern, 'eventPattern');
  // Lambda refuses nothing here, so its documented limits do not matter.
  const warnings = patternWarnings(pattern)
    .filter(({ code }) => code !== 'UNDOCUMENTED_OPERATOR')
    .map(({ code, message }) => ({ code, message: `a pattern has an unexpected effect: ${message}` }));
  return builtIn((record: R) => matches(LazyRecord.rawOf(record)), {
    kind: 'eventPattern',
    // The caller may change the object later.
    pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
    warnings,
  });
}

import type { Condition } from './condition.ts';
import type { PatternWarning } from './pattern-warnings.ts';

// Conditions are plain functions, so what is known of them is kept beside them.
const noted = new WeakMap<object, readonly PatternWarning[]>();

/** Keeps what a router is to warn of when it gets the condition. */
export function noteWarnings<R>(condition: Condition<R>, warnings: readonly PatternWarning[]): Condition<R> {
  if (warnings.length > 0) noted.set(condition, warnings);
  return condition;
}

/** The warnings that were kept for a condition. */
export function warningsOf(condition: unknown): readonly PatternWarning[] {
  return noted.get(condition as object) ?? [];
}

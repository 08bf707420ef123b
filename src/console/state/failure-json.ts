import type { FailureGroup } from './failure-groups.ts';
import { lambdaShape } from './lambda-shape.ts';
import type { Change } from './store.ts';

/** Writes a failure as JSON, to paste into an issue or a test: with the record in Lambda's shape. */
export function failureJson(
  { failure, count, first, last }: FailureGroup,
  change: Change | undefined,
): string {
  const { message, at, stack, deadLettered } = failure;
  const record = change && lambdaShape(change.record);
  return JSON.stringify({ message, at, count, first, last, deadLettered, stack, record }, undefined, 2);
}

import { boundedStack, boundedText } from './protocol/bounded-text.ts';
import type { FailureText } from './protocol/events.ts';

/** Cuts long texts of errors in the fields of an event, so that one error does not push out thousands of changes. */
export function boundedErrors(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error, failures, message } = fields as {
    readonly error?: unknown;
    readonly failures?: readonly FailureText[];
    readonly message?: unknown;
  };
  if (error === undefined && failures === undefined && message === undefined) return fields;
  return {
    ...withBounded(fields, 'message'),
    ...(isObject(error) && { error: withBounded(withBounded(error, 'name'), 'message') }),
    ...(failures && {
      failures: failures.map((failure) => ({
        ...failure,
        message: boundedText(failure.message),
        stack: boundedStack(failure.stack),
      })),
    }),
  };
}

function withBounded(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const text = fields[name];
  return typeof text === 'string' ? { ...fields, [name]: boundedText(text) } : fields;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

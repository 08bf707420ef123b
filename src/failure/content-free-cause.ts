const FRAME = /^ {4}at /;

/**
 * Makes a `cause` that a log may show: the name, the code and the stack frames of the thrown value. Its message is left out,
 * because it may quote item content: `BigInt('12.5')` throws "Cannot convert 12.5 to a BigInt". So are all other
 * properties, and its own cause.
 *
 * @param message replaces its message
 * @returns options for the Error constructor; empty ones for other values, which may be the item itself
 */
export function contentFreeCause(
  thrown: unknown,
  message = 'The message is left out, because it may quote the item.',
): { readonly cause?: Error } {
  if (typeof thrown !== 'object' || partOf(thrown, 'message') === undefined) return {};
  const code = partOf(thrown, 'code');
  const cause = new Error(message);
  cause.name = nameOf(thrown);
  cause.stack = [`${cause.name}: ${cause.message}`, ...framesOf(thrown)].join('\n');
  return { cause: typeof code === 'string' ? Object.assign(cause, { code }) : cause };
}

/**
 * The same of a failed request: with AWS's request id, its status and whose fault it was. AWS's ValidationException quotes
 * the value that it refuses, so its message is left out as well.
 */
export function requestCause(thrown: unknown, message?: string): { readonly cause?: Error } {
  const { cause } = contentFreeCause(thrown, message);
  if (cause === undefined) return {};
  const [$fault, $metadata] = ['$fault', '$metadata'].map((name) => partOf(thrown, name));
  Object.assign(cause, {
    ...(typeof $fault === 'string' && { $fault }),
    ...(typeof $metadata === 'object' &&
      $metadata !== null && {
        $metadata: {
          httpStatusCode: partOf($metadata, 'httpStatusCode'),
          requestId: partOf($metadata, 'requestId'),
        },
      }),
  });
  return { cause };
}

/** Reads a property of a thrown value, which may be anything. One that throws when it is read counts as missing. */
export function partOf(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** `instanceof`, for thrown values: a Proxy may throw when it is asked for its prototype, and counts as no instance. */
export function isInstance<Thrown>(
  thrown: unknown,
  type: abstract new (...args: never) => Thrown,
): thrown is Thrown {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

/** The name of a thrown value, which never quotes anything. */
export function nameOf(thrown: unknown): string {
  const name = partOf(thrown, 'name');
  return typeof name === 'string' ? name : 'Error';
}

/** The frames behind the message, which is part of the stack and could look like frames itself. */
function framesOf(thrown: unknown): readonly string[] {
  const message = partOf(thrown, 'message');
  const stack = partOf(thrown, 'stack');
  if (typeof stack !== 'string' || typeof message !== 'string' || message === '') return [];
  const at = stack.indexOf(message);
  // A message that was set later is not in the stack, and the one that is there is not known.
  if (at === -1) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line));
}

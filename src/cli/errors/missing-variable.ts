/**
 * Says how a command is given the environment variable that an error misses, which only says how a function and a test are.
 *
 * It is known by its text: the error may be quoted by another one, and comes from another thread as text.
 *
 * @returns undefined where the text is about something else
 */
export function variableHint(message: string): string | undefined {
  const [, name] = /is env\('([^']+)'\), and the environment variable \1 is not set\./.exec(message) ?? [];
  return name === undefined ? undefined : `Here: set it in .env, or start again with --env ${name}=value.`;
}

/** The text of an error, and the hint where there is one. */
export function withVariableHint(message: string): string {
  const hint = variableHint(message);
  return hint === undefined ? message : `${message} ${hint}`;
}

/**
 * Says how a command is given the environment variable that an error misses, which only says how a function and a test are.
 *
 * It is known by its text: the error may be quoted by another one, and comes from another thread as text.
 *
 * @param creates whether the command creates topics and the like
 * @returns undefined where the text is about something else
 */
export function variableHint(message: string, creates = false): string | undefined {
  const [, name] = /is env\('([^']+)'\), and the environment variable \1 is not set\./.exec(message) ?? [];
  return name === undefined ? undefined : hintFor(name, creates);
}

/** Says how a command is given the environment variable of this name. */
export function hintFor(name: string, creates: boolean): string {
  const flag = creates ? creatingFlag(name) : undefined;
  return `Here: set it in .env, or start again with --env ${name}=value${flag === undefined ? '' : ` or ${flag}`}.`;
}

const CREATED: readonly (readonly [variable: RegExp, flagFor: (name: string, variable: string) => string])[] =
  [
    [/^(\w+)_TOPIC_ARN$/, (name) => `--create-topic ${name}`],
    [/^(\w+)_QUEUE_(?:URL|ARN)$/, (name) => `--create-queue ${name}`],
    [/^(\w+)_BUCKET$/, (name) => `--create-bucket ${name}`],
    [/^(\w+)_TABLE$/, (name) => `--create-table ${name}=<keys>`],
    // Exported by another name, unless the flag has the variable.
    [/^(\w+)_BUCKET_NAME$/, (name, variable) => `--create-bucket ${name}=${variable}`],
    [/^(\w+)_TABLE_NAME$/, (name, variable) => `--create-table ${name}=<keys>=${variable}`],
  ];

/** Finds the flag that creates something and exports it by this name: `--create-topic order-events`. */
function creatingFlag(variable: string): string | undefined {
  for (const [pattern, flagFor] of CREATED) {
    const [, words] = pattern.exec(variable) ?? [];
    if (words !== undefined) return flagFor(words.toLowerCase().replaceAll('_', '-'), variable);
  }
  return undefined;
}

/** The text of an error, and the hint where there is one. */
export function withVariableHint(message: string, creates = false): string {
  const hint = variableHint(message, creates);
  return hint === undefined ? message : `${message} ${hint}`;
}

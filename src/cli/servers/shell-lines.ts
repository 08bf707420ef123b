type Variables = Readonly<Record<string, string>>;

/** The lines with which a shell takes over the variables of servers. */
export function shellLines(variables: Variables): readonly string[] {
  return Object.entries(variables).map(([name, value]) =>
    value === '' ? `unset ${name}` : `export ${name}=${value}`,
  );
}

/**
 * The environment of another program, with the variables of servers. Empty ones are left out: the AWS CLI looks for a
 * profile whose name is empty text.
 */
export function withSettings(env: NodeJS.ProcessEnv, variables: Variables): NodeJS.ProcessEnv {
  const settings = { ...env, ...variables };
  return Object.fromEntries(Object.entries(settings).filter(([name]) => variables[name] !== ''));
}

import { expect, test } from 'vitest';
import { variableHint, withVariableHint } from '../../../src/cli/errors/missing-variable.ts';
import { thrownText } from '../../../src/failure/thrown-text.ts';
import { env, readEnv } from '../../../src/options/env.ts';

/** The text of the core about a variable. */
function textOf(name: string): string {
  try {
    return readEnv('snsTopic', 'topicArn', env(name));
  } catch (error) {
    return thrownText(error);
  }
}

test('an error about a variable that is not set is told with the flag that sets it', () => {
  const text = textOf('NOBODY_SETS_IT');
  const hint = 'Here: set it in .env, or start again with --env NOBODY_SETS_IT=value.';
  expect(variableHint(text)).toBe(hint);
  expect(withVariableHint(text)).toBe(`${text} ${hint}`);
  expect(variableHint(`Error: all sinks refused: ${text}`)).toBe(hint);
});

test('other errors have no hint', () => {
  expect(variableHint('Error: the environment variable X is not set.')).toBeUndefined();
  expect(withVariableHint('Error: no')).toBe('Error: no');
});

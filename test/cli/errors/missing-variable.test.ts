import { expect, test } from 'vitest';
import { variableHint, withVariableHint } from '../../../src/cli/errors/missing-variable.ts';
import { arnVariableOf, resourcesOf } from '../../../src/cli/flags/resource-flags.ts';
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

test('an error about a missing variable names the flag that sets it', () => {
  const text = textOf('NOBODY_SETS_IT');
  const hint = 'Here: set it in .env, or start again with --env NOBODY_SETS_IT=value.';
  expect(variableHint(text)).toBe(hint);
  expect(withVariableHint(text)).toBe(`${text} ${hint}`);
  expect(variableHint(`Error: all sinks refused: ${text}`)).toBe(hint);
});

test.each([
  ['ORDER_EVENTS_TOPIC_ARN', ' or --create-topic order-events.'],
  ['DEAD_LETTER_QUEUE_URL', ' or --create-queue dead-letter.'],
  ['DEAD_LETTER_QUEUE_ARN', ' or --create-queue dead-letter.'],
  ['FAILED_RECORDS_BUCKET', ' or --create-bucket failed-records.'],
  ['AUDIT_TABLE', ' or --create-table audit=<keys>.'],
  ['AUDIT_TABLE_NAME', ' or --create-table audit=<keys>=AUDIT_TABLE_NAME.'],
  ['FILES_BUCKET_NAME', ' or --create-bucket files=FILES_BUCKET_NAME.'],
  ['STAGE', '.'],
  ['TABLE', '.'],
])('of dev, which creates what %s names, it has the flag for that too', (name, end) => {
  const hint = `Here: set it in .env, or start again with --env ${name}=value`;
  expect(variableHint(textOf(name), true)).toBe(`${hint}${end}`);
  expect(variableHint(textOf(name))).toBe(`${hint}.`);
  const [, kind, value = ''] = /--create-(\w+) (\S+)\.$/.exec(end) ?? [];
  if (kind === undefined) return;
  const flag = `create${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const [{ variable } = { variable: '' }] = resourcesOf({ [flag]: [value.replace('<keys>', 'id')] });
  expect([variable, arnVariableOf(variable)]).toContain(name);
});

test('other errors have no hint', () => {
  expect(variableHint('Error: the environment variable X is not set.')).toBeUndefined();
  expect(withVariableHint('Error: no')).toBe('Error: no');
});

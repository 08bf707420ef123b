import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellLines, withSettings } from '../../../src/cli/servers/shell-lines.ts';

const env = { AWS_PROFILE: 'own', AWS_REGION: 'own', OWN: 'kept', EMPTY: '' };
const variables = { AWS_REGION: 'eu-central-1', AWS_PROFILE: '' };
const expected = { AWS_REGION: 'eu-central-1', OWN: 'kept', EMPTY: '' };

test('another program gets the variables, and not the profile that is its own', () => {
  expect(withSettings(env, variables)).toEqual(expected);
});

test('a shell that reads the lines has the same variables', () => {
  expect(shellLines(variables)).toEqual(['export AWS_REGION=eu-central-1', 'unset AWS_PROFILE']);
  const script = [...shellLines(variables), 'env -0'].join('\n');
  const entries = execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0');
  expect(entries).toEqual(expect.arrayContaining(Object.entries(expected).map((entry) => entry.join('='))));
  expect(entries.filter((entry) => entry.startsWith('AWS_PROFILE'))).toEqual([]);
});

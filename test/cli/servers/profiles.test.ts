import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { requireProfile } from '../../../src/cli/servers/profiles.ts';
import { inProcess } from '../in-process.ts';
import { withProfiles } from '../with-profiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'streamlane-aws-'));
const AWS_CONFIG_FILE = join(folder, 'config');
const AWS_SHARED_CREDENTIALS_FILE = join(folder, 'credentials');
const FILES = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
writeFileSync(
  AWS_CONFIG_FILE,
  `[default]
region = eu-central-1
# [profile commented]
[profile staging]
  [ profile "two words" ]
[profile staging]
sso_session = company
[sso-session company]
[services local]
`,
);
writeFileSync(AWS_SHARED_CREDENTIALS_FILE, '[keys]\naws_access_key_id = a\n');

test.each(['default', 'staging', 'two words', 'keys', '', undefined])('%j is a profile, or none', (name) => {
  expect(() => requireProfile(name, FILES)).not.toThrow();
});

test.each(['nope', 'commented', 'company', 'local', 'sso-session company'])(
  '%j is not a profile, and the error lists the profiles',
  (name) => {
    expect(() => requireProfile(name, FILES)).toThrow(
      `There is no profile ${name} in ${AWS_CONFIG_FILE} and ${AWS_SHARED_CREDENTIALS_FILE}. ` +
        'There are default, keys, staging, two words. Name one of them with --profile.',
    );
  },
);

test('of many profiles, ten are named', () => {
  const many = withProfiles(...Array.from({ length: 11 }, (_, index) => `p${10 + index}`));
  expect(() => requireProfile('nope', { ...many, HOME: folder })).toThrow(
    ' There are p10, p11, p12, p13, p14, p15, p16, p17, p18, p19 and others. ',
  );
});

test('without files there is no profile', () => {
  expect(() => requireProfile('nope', { HOME: folder })).toThrow(
    `There is no profile nope in ${folder}/.aws/config and ${folder}/.aws/credentials. ` +
      'There is no other one either. Create it with: aws configure --profile nope',
  );
  // The home of the process, as for the SDK.
  expect(() => requireProfile('streamlane-nope', {})).toThrow('There is no profile streamlane-nope in ');
});

describe.each([
  ['doctor', ['doctor', '--function', 'on-invoice']],
  ['tail', ['tail', 'Invoices']],
  ['put', ['put', 'Invoices', '{}']],
])('%s', (_name, argv) => {
  test.each<[string, readonly string[], Record<string, string>]>([
    ['--profile', ['--profile', 'nope'], {}],
    ['AWS_PROFILE', argv[0] === 'put' ? ['--aws'] : [], { AWS_PROFILE: 'nope' }],
  ])(
    'says that the profile of %s does not exist, not that the Region is missing',
    async (_what, flags, env) => {
      const { code, stdout, stderr } = await inProcess([...argv, ...flags], {
        env: { ...withProfiles('staging'), ...env },
      }).ended();
      expect(stderr).toMatch(/^error: There is no profile nope in \S+ and \S+\. There are staging\. .+\n$/);
      expect(stdout).toBe('');
      expect(code).toBe(EXIT.usage);
    },
  );
});

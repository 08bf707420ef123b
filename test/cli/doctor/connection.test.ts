import { expect, test } from 'vitest';
import { doctorSettings } from '../../../src/cli/doctor/connection.ts';
import { withProfiles } from '../with-profiles.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'secret' };
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };
const endpoint = 'http://127.0.0.1:4566';

test.each([
  ['nothing is left to the SDK', {}, {}, {}],
  ['the keys of the environment', {}, KEYS, { credentials: CREDENTIALS }],
  ['a Region', { region: 'eu-west-1' }, {}, { region: 'eu-west-1' }],
  [
    'a profile, and not the keys',
    { profile: 'production' },
    { ...KEYS, ...withProfiles('production') },
    { profile: 'production' },
  ],
  [
    'a server, with keys that it accepts',
    { endpoint },
    {},
    { endpoint, region: 'us-east-1', credentials: LOCAL },
  ],
  [
    'a server, a Region and the keys of the environment',
    { endpoint, region: 'eu-west-1' },
    KEYS,
    { endpoint, region: 'eu-west-1', credentials: CREDENTIALS },
  ],
  [
    'a server and a profile',
    { endpoint, profile: 'production' },
    KEYS,
    { endpoint, region: 'us-east-1', profile: 'production' },
  ],
])('%s', (_what, flags, env, settings) => {
  expect(doctorSettings(flags, env)).toEqual(settings);
});

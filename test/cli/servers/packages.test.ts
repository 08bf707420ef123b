import { expect, test } from 'vitest';
import { remedyFor, requirePackages } from '../../../src/cli/servers/packages.ts';

const none = (): boolean => false;

test.each<[string, readonly string[], boolean, string]>([
  [
    'one',
    ['a'],
    false,
    'This command needs a, which is not installed. Install it with: npm install --save-dev a',
  ],
  [
    'several, each once',
    ['a', 'b', 'a', 'c'],
    false,
    'This command needs a, b and c, which are not installed. Install them with: npm install --save-dev a b c',
  ],
])('missing packages are named in one message: %s', (_name, names, embedded, message) => {
  expect(() => requirePackages(names, embedded, none)).toThrow(
    expect.objectContaining({ message, exitCode: 1 }),
  );
});

test.each([
  [[], 'The embedded servers are not installed.'],
  [['a', 'b'], 'a and b and the embedded servers are not installed.'],
])('with %j, the embedded servers are named along', (names, message) => {
  const remedy = remedyFor(`${process.platform}-${process.arch}`, names);
  expect(() => requirePackages(names, true, none)).toThrow(`${message} ${remedy}`);
});

test.each(['linux-x64', 'darwin-arm64'])('on %s one command installs all of them', (platform) => {
  expect(remedyFor(platform, ['a', 'b'])).toMatch(
    /npm install --save-dev a b (@dynoxide\/linux-x64|dynoxide) fauxqs/,
  );
});

test('of installed packages nothing is said, also of those that only import() finds', () => {
  requirePackages(['@aws-sdk/client-dynamodb', 'fauxqs'], true);
});

test('a package that is not installed is found out', () => {
  expect(() => requirePackages(['@aws-sdk/client-dynamodb', 'no-such-package'], false)).toThrow(
    'This command needs no-such-package, which is not installed.',
  );
});

import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { version, withPages } from '../../src/cli/version.ts';

test('the version is that of package.json', () => {
  expect(version()).toBe(manifest.version);
});

test('places in the documentation become addresses once the package has a home page', () => {
  const text = 'Find the cause: docs/operations.md#the-lag-grows, or docs/doctor.md';
  expect(withPages(text)).toBe(text);
  expect(
    withPages(text, { version: '1.2.3', homepage: 'https://github.com/octo-org/streamlane#readme' }),
  ).toBe(
    'Find the cause: https://github.com/octo-org/streamlane/blob/v1.2.3/docs/operations.md#the-lag-grows, ' +
      'or https://github.com/octo-org/streamlane/blob/v1.2.3/docs/doctor.md',
  );
});

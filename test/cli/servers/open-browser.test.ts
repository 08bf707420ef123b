import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openBrowser } from '../../../src/cli/servers/open-browser.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { codeOf } from '../dev/code.ts';

const never = (): void => {
  throw new Error('It failed.');
};

test('the program that BROWSER names gets the URL', async () => {
  const code = codeOf({ browser: '#!/bin/sh\necho "$1" > "$0.url"\n' });
  chmodSync(code.path('browser'), 0o755);
  openBrowser('http://127.0.0.1:1/?token=x', { BROWSER: code.path('browser') }, never);
  await eventually(() =>
    expect(readFileSync(code.path('browser.url'), 'utf8')).toBe('http://127.0.0.1:1/?token=x\n'),
  );
});

test.each([
  ['is missing', { BROWSER: '/no/such/browser' }, 'linux'],
  ['fails', { BROWSER: '/bin/false' }, 'linux'],
  // Nothing is called so here.
  ['of another system is missing', {}, 'win32'],
] as const)('a browser that %s is reported', async (_name, env, platform) => {
  if (platform === 'win32' && existsSync('C:\\')) return;
  await new Promise<void>((resolve) => openBrowser('http://127.0.0.1:1/', env, resolve, platform));
});

test('without a name, the system has one', async () => {
  await new Promise<void>((resolve) => {
    // Not a platform that opens a window during tests.
    openBrowser('http://127.0.0.1:1/', { BROWSER: '' }, resolve, 'aix');
  });
});

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine: the one that CHROMIUM names, or else one at a usual place. */
export const BROWSER: string | undefined = [process.env.CHROMIUM ?? '', ...PLACES].find((path) =>
  existsSync(path),
);

if (BROWSER === undefined) {
  console.warn(
    'No browser was found, so the browser tests of the console do not run. Install Chromium, or name it: CHROMIUM=/path/to/chromium',
  );
}

/** The sandbox of Chromium does not start for root, as in a container. */
export const BROWSER_ARGS: readonly string[] = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: BROWSER as string,
    args: [...BROWSER_ARGS],
  });
}

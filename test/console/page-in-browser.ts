import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { BROWSER, startBrowser } from './browser.ts';

/**
 * A new page for each test of the calling file, in a real browser. A test fails if the page loads something of another server,
 * throws an error, or violates the policy against foreign code.
 */
export function pageInBrowser(): () => Page {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    if (BROWSER !== undefined) browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    if (BROWSER === undefined) return;
    faults.length = 0;
    context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|blob:)/.test(request.url())) faults.push(`asked ${request.url()}`);
    });
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('console', (message) => {
      // The browser reports when the command has ended, and when an action is refused.
      const isExpected = /ERR_(CONNECTION|INCOMPLETE|EMPTY)|status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !isExpected) faults.push(message.text());
    });
  });
  afterEach(async () => {
    await context?.close();
    expect(faults).toEqual([]);
  });
  return () => page;
}

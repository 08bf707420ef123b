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
  const wrong: string[] = [];
  beforeAll(async () => {
    if (BROWSER !== undefined) browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    if (BROWSER === undefined) return;
    wrong.length = 0;
    context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => {
      if (!request.url().startsWith('http://127.0.0.1:')) wrong.push(request.url());
    });
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (message) => {
      // What the browser says when the command has ended.
      if (message.type() === 'error' && !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(message.text()))
        wrong.push(message.text());
    });
  });
  afterEach(async () => {
    await context?.close();
    expect(wrong).toEqual([]);
  });
  return () => page;
}

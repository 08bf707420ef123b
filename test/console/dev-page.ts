import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import type { Code } from '../cli/dev/code.ts';
import { inProcess } from '../cli/in-process.ts';
import type { RunningCommand } from '../cli/running-command.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { BROWSER, startBrowser } from './browser.ts';

/** The page of a `dev` that runs, in a real browser. */
export interface DevPage {
  readonly page: Page;
  readonly command: RunningCommand;
  /** Starts `dev` with its console, and opens the printed URL. */
  open(code: Code, ...options: readonly string[]): Promise<void>;
  put(item: Readonly<Record<string, string | number>>): Promise<void>;
  /** A change in the feed. */
  row(text: string | RegExp): Locator;
  button(name: string | RegExp): Locator;
}

/** Prepares a page for each test of a file. */
export function devPage(): DevPage {
  let aws: Emulators;
  let client: DynamoDBClient;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let command: RunningCommand | undefined;
  let table: string;
  let errors: string[];
  let tables = 0;

  beforeAll(async () => {
    if (BROWSER === undefined) return;
    aws = await emulatedServers();
    client = new DynamoDBClient(aws.dynamodb);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await aws?.stop();
  });
  beforeEach(async () => {
    if (BROWSER === undefined) return;
    table = `Controlled${++tables}`;
    context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
  });
  afterEach(async () => {
    if (BROWSER === undefined) return;
    command?.interrupt();
    await command?.ended();
    command = undefined;
    await context.close();
    vi.unstubAllEnvs();
    expect(errors).toEqual([]);
  });

  return {
    get page() {
      return page;
    },
    get command() {
      return command as RunningCommand;
    },
    async open(code, ...options) {
      const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--console'];
      // The client of an on-failure destination reads them from the process.
      for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
      command = inProcess([...argv, ...options], { env: aws.environment });
      await command.seen(/Ctrl-C stops/);
      const [url = ''] = /http:\S+token=\S+/.exec(command.stderr()) ?? [];
      await page.goto(url);
    },
    async put(item) {
      const Item = Object.fromEntries(
        Object.entries(item).map(([name, value]) => [
          name,
          typeof value === 'number' ? { N: `${value}` } : { S: value },
        ]),
      );
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
    row: (text) => page.getByRole('option').filter({ hasText: text }),
    button: (name) => page.getByRole('button', { name }),
  };
}

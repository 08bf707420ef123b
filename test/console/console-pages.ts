import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import type { Code } from '../cli/dev/code.ts';
import { inProcess } from '../cli/in-process.ts';
import type { RunningCommand } from '../cli/running-command.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { BROWSER, startBrowser } from './browser.ts';

type Item = Readonly<Record<string, string | number>>;

/** The console of a `dev` that runs, in a browser. */
export interface ConsolePage {
  readonly page: Page;
  readonly table: string;
  put(item: Item): Promise<void>;
  remove(id: string): Promise<void>;
  /** Waits for output of the command. */
  seen(pattern: RegExp): Promise<unknown>;
  /** Rows of the feed with a text. */
  row(text: string | RegExp): Locator;
}

/** Starts `dev` with a handler. */
export type StartDev = (
  code: Code,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
) => RunningCommand;

const inThisProcess: StartDev = (code, flags, env) =>
  inProcess(['dev', code.path('handler.ts'), ...flags], { env });

let tables = 0;

/**
 * Opens consoles, each with a `dev` of its own. After each test, the page must not have had an error or asked another server: a violation of
 * the policy against foreign code is an error too.
 */
export function consolePages(start: StartDev = inThisProcess): {
  open(code: Code, ...flags: readonly string[]): Promise<ConsolePage>;
} {
  let aws: Emulators;
  let client: DynamoDBClient;
  let browser: Browser;
  let context: BrowserContext | undefined;
  let command: RunningCommand | undefined;
  let faults: string[] = [];

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
  afterEach(async () => {
    command?.interrupt();
    await command?.ended();
    command = undefined;
    await context?.close();
    context = undefined;
    expect(faults).toEqual([]);
    faults = [];
  });

  async function newPage(): Promise<Page> {
    context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
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
    return page;
  }

  return {
    async open(code, ...flags) {
      const table = `ConsolePage${++tables}`;
      command = start(code, ['--table', table, '--create', 'id', '--console', ...flags], aws.environment);
      const page = await newPage();
      const [url] = await command.seen(/http:\S+token=\S+(?=\s)/);
      await page.goto(url);
      return {
        page,
        table,
        seen: (pattern) => (command as RunningCommand).seen(pattern),
        async put(item) {
          const attributes = Object.entries(item).map(([name, value]) => [
            name,
            typeof value === 'number' ? { N: `${value}` } : { S: value },
          ]);
          await client.send(new PutItemCommand({ TableName: table, Item: Object.fromEntries(attributes) }));
        },
        async remove(id) {
          await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
        },
        row: (text) =>
          page
            .getByRole('listbox', { name: 'Feed of changes' })
            .getByRole('option')
            .filter({ hasText: text }),
      };
    },
  };
}

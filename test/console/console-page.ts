import { EventEmitter } from 'node:events';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type LiveConsole, startConsole } from '../../src/console/live-console.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { attributeMap, parseJson } from '../../src/testing/item-json.ts';
import type { Code } from '../cli/dev/code.ts';
import { inProcess } from '../cli/in-process.ts';
import type { RunningCommand } from '../cli/running-command.ts';
import { emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { BROWSER } from './browser.ts';
import { pageInBrowser } from './page-in-browser.ts';

/** The live console in a browser: for each test of a file, the page of what the test opens. */
export interface ConsolePage {
  /** The page of the test that runs. */
  page(): Page;
  /** Opens the console of `dev`, with a new table whose key is `id`. */
  openDev(code: Code, ...flags: readonly string[]): Promise<Page>;
  /** Opens `streamlane console`, with a new table whose keys are `pk` and `sk`. */
  openReader(): Promise<Page>;
  /** Opens the console of a mapping that has emitted what `emit` emits. */
  openMapping(emit: (mapping: EventEmitter, live: LiveConsole) => void): Promise<Page>;
  /** The name of the table. */
  table(): string;
  put(item: Readonly<Record<string, string | number>>): Promise<void>;
  remove(id: string): Promise<void>;
  /** Waits for output of the command. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends the command: otherwise the end of the test does. */
  end(): Promise<void>;
  /** Changes in the feed with a text. */
  row(text: string | RegExp): Locator;
  button(name: string | RegExp): Locator;
  /** Waits until the page shows a text. */
  shows(text: string | RegExp): Promise<void>;
}

type Start = (argv: readonly string[], env: Readonly<Record<string, string>>) => RunningCommand;

/** Starts `dev` for a handler. `flags` name the table and the console. */
type StartDev = (
  code: Code,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
) => RunningCommand;

const inThisProcess: Start = (argv, env) => inProcess(argv, { env });

/** @param startDev by default, `dev` runs in the process of the test */
export function consolePage(
  startDev: StartDev = (code, flags, env) => inThisProcess(['dev', code.path('handler.ts'), ...flags], env),
): ConsolePage {
  const page = pageInBrowser();
  let aws: Emulators;
  let client: DynamoDBClient;
  let table: string;
  let command: RunningCommand | undefined;
  let live: LiveConsole | undefined;
  let tables = 0;

  beforeAll(async () => {
    if (BROWSER === undefined) return;
    aws = await emulatedServers();
    client = new DynamoDBClient(aws.dynamodb);
  });
  afterAll(() => aws?.stop());
  afterEach(async () => {
    await end();
    await live?.[Symbol.asyncDispose]();
    live = undefined;
    vi.unstubAllEnvs();
  });

  async function open(started: RunningCommand): Promise<Page> {
    command = started;
    await command.seen(/Ctrl-C stops/);
    const [url] = await command.seen(/http:\S+token=\S+(?=\s)/);
    await page().goto(url);
    return page();
  }

  async function end(): Promise<void> {
    command?.interrupt();
    await command?.ended();
    command = undefined;
  }

  return {
    page,
    async openDev(code, ...flags) {
      table = `Console${++tables}`;
      // The client of an on-failure destination reads them from the process.
      for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
      return open(
        startDev(code, ['--table', table, '--create', 'id', '--console', ...flags], aws.environment),
      );
    },
    async openReader() {
      ({ name: table } = await emulatedTable(aws));
      return open(inThisProcess(['console', '--table', table], aws.environment));
    },
    async openMapping(emit) {
      const mapping = new EventEmitter();
      live = await startConsole({ port: 0, mask: undefined, keyNames: ['id'], failuresOf: () => [] });
      live.tell({
        event: 'started',
        table: 'Orders',
        handler: 'src/orders.ts',
        startingPosition: 'LATEST',
        streamArn: 'arn',
      });
      live.follow(mapping as never);
      emit(mapping, live);
      await page().goto(live.url);
      return page();
    },
    table: () => table,
    async put(item) {
      const Item = attributeMap(parseJson(JSON.stringify(item)) as object);
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
    async remove(id) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
    },
    seen: (pattern) => (command as RunningCommand).seen(pattern),
    end,
    row: (text) =>
      page().getByRole('listbox', { name: 'Feed of changes' }).getByRole('option').filter({ hasText: text }),
    button: (name) => page().getByRole('button', { name }),
    shows: (text) => page().getByText(text).first().waitFor(),
  };
}

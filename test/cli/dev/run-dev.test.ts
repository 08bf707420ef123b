import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { freePort } from '../../../src/emulators/free-port.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FAKE_STREAM, FakeStreams } from '../../fixtures/fake-streams.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';
import { type Code, codeOf, STREAMLANE } from './code.ts';

let aws: Emulators;
let client: DynamoDBClient;
let env: Readonly<Record<string, string>>;
let table: string;
let tables = 0;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
  client = new DynamoDBClient(aws.dynamodb);
});

afterAll(() => aws.stop());

beforeEach(() => {
  table = `Table${++tables}`;
});

/** A router that refuses what another file says. */
const ROUTER = {
  'handler.ts': `import { streamRouter } from ${STREAMLANE};
    import { check } from './check.ts';
    export const handler = streamRouter<{ id: string; total: number }>()
      .onInsert(({ newImage }) => { console.log('handling', newImage.id); check(newImage.total); });`,
  'check.ts': `export function check(total: number): void {
    if (total < 0) throw new RangeError('negative');
  }`,
};

const routerCode = (): Code => codeOf(ROUTER);

async function put(id: string, total = 1): Promise<void> {
  await client.send(
    new PutItemCommand({ TableName: table, Item: { id: { S: id }, total: { N: `${total}` } } }),
  );
}

const READY = /Ctrl-C stops/;

/** Where a module imports `streamlane/mapping` from. */
const MAPPING = STREAMLANE.replace('index.ts', 'mapping/index.ts');

/** A router that says what it handles, in JSON. */
const CANDID_ROUTER = {
  'handler.ts': `import { streamRouter } from ${STREAMLANE};
    export const handler = streamRouter<any>({ viewType: 'NEW_IMAGE' })
      .onInsert(({ newImage }) => { console.log('handling', JSON.stringify(newImage)); });`,
};

describe('streamlane dev', () => {
  const run = inProcess;
  const dev = (code: Code, ...options: string[]) =>
    run(['dev', code.path('handler.ts'), '--table', table, '--create', 'id', ...options], { env });

  test('an attribute named __proto__ that was put reaches the handler like any other', async () => {
    const command = dev(codeOf(CANDID_ROUTER));
    await command.seen(READY);
    const item = '{"id":"a","__proto__":{"__proto__":[null,1.5]}}';
    expect(await run(['put', table, '--item', item], { env }).ended()).toMatchObject({ code: EXIT.ok });
    await command.seen(/handling .*\n/);
    const [, handled = ''] = /handling (.*)\n/.exec(`${command.stdout()}\n${command.stderr()}`) ?? [];
    // Attributes come in any order.
    expect(new Map(Object.entries(JSON.parse(handled)))).toEqual(new Map(Object.entries(JSON.parse(item))));
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('as on Managed Instances, code past its timeout runs on, and Powertools finds its request id', async () => {
    const code = codeOf({
      'handler.ts': `export const handler = async (_event: object, context: any) => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        const { AWS_LAMBDA_MAX_CONCURRENCY: most, AWS_LAMBDA_NODEJS_WORKER_COUNT: workers } = process.env;
        const isOwn = (globalThis as any).awslambda.InvokeStore.getRequestId() === context.awsRequestId;
        console.log('ran on:', most, workers, isOwn, context.getRemainingTimeInMillis() < 0);
      };`,
    });
    const flags = ['--timeout', '0.3', '--maximum-retry-attempts', '0'];
    const command = dev(code, ...flags, '--max-concurrency', '8', '--workers', '2');
    await command.seen(READY);
    await put('a');
    await command.seen(/Task timed out after 0\.30 seconds/);
    await command.seen(/ran on: 8 2 true true/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('with --workers, changed code that one thread cannot load is in use in the others, and that is said', async () => {
    const code = codeOf({ 'handler.ts': 'export const handler = () => {};' });
    const command = dev(code, '--workers', '2');
    await command.seen(READY);
    code.write(
      'handler.ts',
      `import { mkdirSync } from 'node:fs';
      mkdirSync(${JSON.stringify(code.path('loaded'))});
      export const handler = () => console.log('changed');`,
    );
    await command.seen(/reloaded .*handler\.ts/);
    await command.seen(
      /warning: 1 of 2 threads run, because .* in another one: .*EEXIST.* The next reload starts all/s,
    );
    await put('a');
    await command.seen(/changed\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('Ctrl-C ends it while the module of the handler still waits for something', async () => {
    const code = codeOf({
      'handler.ts': `console.log('loading');
        await new Promise((resolve) => setTimeout(resolve, 6000));
        export const handler = () => {};`,
    });
    const command = dev(code);
    await command.seen(/loading/);
    command.interrupt();
    expect((await command.ended()).code).toBe(EXIT.interrupted);
    expect(command.stderr()).not.toMatch(READY);
  });

  test('each invocation is a line, and a failure says which record and why', async () => {
    const command = dev(routerCode());
    await command.seen(READY);
    await put('a');
    await command.seen(/\d\d:\d\d:\d\d ✓ 1 record {2}\d+ ms {2}→ checkpoint 1\n/);
    await put('b', -1);
    await command.seen(
      /✗ 1 record .* failed {2}→ retry in 500 ms\n.* INSERT id="b" {2}RangeError: negative \(.*check\.ts:2\)\n/,
    );
    await command.seen(/handling b/);
    command.interrupt();
    const { code, stdout, stderr } = await command.ended();
    expect(stdout).toMatch(/^Table\d+ · 1 record · \d+ failed invocations? · lag .+ · checkpoint 1\n$/m);
    expect(stderr).toMatch(
      /^Created the table Table\d+ with a stream\.\nTable\d+ -> .*handler\.ts from LATEST, DynamoDB at /,
    );
    expect(stderr).toMatch(/Stopping after running invocations\. Press Ctrl-C again to stop now\.\n$/);
    expect(code).toBe(EXIT.ok);
  });

  test('--mapping takes the options that the module deploys, and flags change them', async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { eventSourceMapping } from ${MAPPING};
        export const handler = streamRouter<any>()
          .onInsert(({ newImage }) => { console.log('handling', newImage.id); });
        export const deployed = eventSourceMapping(handler, { startingPosition: 'TRIM_HORIZON', maximumRetryAttempts: 2 });
        export const other = {};
        console.log('loaded');`,
    });
    const command = dev(code, '--mapping', 'deployed', '--batch-size', '1');
    await command.seen(READY);
    expect(command.stderr()).toMatch(/from TRIM_HORIZON/);
    await put('a');
    await command.seen(/handling a/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });

    const { code: exitCode, stderr } = await dev(code, '--mapping', 'other').ended();
    expect(stderr).toMatch(
      /The export other of .*handler\.ts is not a mapping\. Export what eventSourceMapping returns\./,
    );
    expect(exitCode).toBe(EXIT.usage);
  });

  test('a destination that only the template knows has a note, and the flags of the message give one', {
    timeout: 30_000,
  }, async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { eventSourceMapping } from ${MAPPING};
        export const handler = streamRouter<any>({ logger: false }).onInsert(() => { throw new Error('no'); });
        const deployed = (destination: any) => eventSourceMapping(handler, {
          startingPosition: 'LATEST',
          maximumRetryAttempts: 0,
          destinationConfig: { onFailure: { destination } },
        });
        export const reference = deployed({ 'Fn::GetAtt': ['Failed', 'Arn'] });
        export const token = deployed('\${aws_sqs_queue.failed.arn}');
        export const known = deployed('arn:aws:sqs:us-east-1:000000000000:failed');`,
    });
    const told = /The on-failure destination of the mapping is a reference .+ To keep them, add: (.+)\n/;
    const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id'];
    const started = async (...options: string[]): Promise<string> => {
      // As a process where it has a destination, which is found by the environment of that.
      const run = options.includes('--destination-config') ? spawned : inProcess;
      const command = run([...argv, ...options], { env });
      await command.seen(READY);
      if (options.includes('--destination-config')) {
        await put('a');
        await command.seen(/discarded: 1 record/);
      }
      command.interrupt();
      return (await command.ended()).stderr;
    };
    const [, flags = ''] = told.exec(await started('--mapping', 'reference')) ?? [];
    expect(await started('--mapping', 'token')).toMatch(told);
    const given = await started('--mapping', 'reference', ...flags.split(' '));
    expect(given).not.toMatch(told);
    expect(await started('--mapping', 'known')).not.toMatch(told);
    const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'failed' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(JSON.parse(`${Messages?.[0]?.Body}`)).toHaveProperty('DDBStreamBatchInfo');
  });

  test('a handler that writes to its own item is warned of, once', { timeout: 40_000 }, async () => {
    const command = run(['dev', 'test/cli/handlers.ts#counting', '--table', table, '--create', 'id'], {
      env,
    });
    await command.seen(READY);
    await put('own');
    const warning = new RegExp(
      `! test/cli/handlers\\.ts#counting seems to invoke itself: .* item of ${table} .*, 17 times in a row.*ownWrite.* \\(id="own"\\)\n`,
    );
    await command.seen(warning);
    command.interrupt();
    const { code, stdout, stderr } = await command.ended();
    expect(code).toBe(EXIT.ok);
    expect(`${stdout}${stderr}`.match(/invoke itself/g)).toHaveLength(1);
  });

  test.each([
    ['no log', 'false'],
    ['a logger of its own', "{ debug() {}, info() {}, warn() {}, error: () => console.log('logged') }"],
  ])('message and place of a failure are shown for a handler with %s', async (_name, logger) => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
    export const handler = streamRouter({ logger: ${logger} }).onInsert(() => {
      throw new RangeError('negative');
    });`,
    });
    const command = dev(code);
    await command.seen(READY);
    await put('a');
    await command.seen(/✗ 1 record .*\n.* INSERT id="a" {2}RangeError: negative \(.*handler\.ts:3\)\n/);
    command.interrupt();
    const { code: exitCode, stdout, stderr } = await command.ended();
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout + stderr).not.toContain('Record failed');
  });

  describe('with a Powertools Logger', { timeout: 20_000 }, () => {
    const POWERTOOLS = ['logger', 'metrics'].map((name) =>
      JSON.stringify(
        pathToFileURL(resolve(`node_modules/@aws-lambda-powertools/${name}/lib/esm/index.js`)).href,
      ),
    );
    const loggingCode = (): Code =>
      codeOf({
        'handler.ts': `import { streamRouter } from ${STREAMLANE};
          import { Logger } from ${POWERTOOLS[0]};
          import { Metrics } from ${POWERTOOLS[1]};
          const logger = new Logger({ serviceName: 'billing' });
          const metrics = new Metrics({ namespace: 'Invoices', serviceName: 'billing' });
          const router = streamRouter<{ id: string; total: number }>({ logger }).onInsert(({ newImage }) => {
            logger.info('invoice seen', { id: newImage.id });
            if (newImage.total < 0) throw new RangeError('negative');
          });
          export const handler = async (event, context) => {
            metrics.addMetric('batches', 'Count', 1);
            metrics.publishStoredMetrics();
            return router(event, context);
          };`,
      });

    test.each([
      ['compact', {}],
      ['indented', { POWERTOOLS_DEV: 'true' }],
    ])(
      'an entry of %s JSON is a line, and a failure has its message and place once',
      async (_name, variables) => {
        const argv = ['dev', loggingCode().path('handler.ts'), '--table', table, '--create', 'id'];
        const command = inProcess(argv, { env: { ...env, ...variables } });
        await command.seen(READY);
        await put('a', -1);
        await command.seen(/✗ 1 record .*\n.* INSERT id="a" {2}RangeError: negative \(.*handler\.ts:8\)\n/);
        await command.seen(/INFO invoice seen {2}id="a"\n/);
        command.interrupt();
        const { stdout, stderr } = await command.ended();
        expect(stdout).toMatch(/^INFO invoice seen {2}id="a"$/m);
        if (!('POWERTOOLS_DEV' in variables)) {
          expect(stdout).toMatch(/^metrics Invoices service="billing" batches=1$/m);
        }
        expect(stdout + stderr).not.toContain('Record failed');
        expect(stdout).not.toContain('cold_start');
      },
    );

    test('--verbose shows entries whole, and the failure once', async () => {
      const argv = ['dev', loggingCode().path('handler.ts'), '--table', table, '--create', 'id', '--verbose'];
      const command = inProcess(argv, { env });
      await command.seen(READY);
      await put('a', -1);
      await command.seen(/INSERT id="a" [0-9a-f]{32} {2}RangeError: negative/);
      command.interrupt();
      const { stdout } = await command.ended();
      expect(stdout).toMatch(/^\{"level":"INFO","message":"invoice seen".*"id":"a"\}$/m);
      expect(stdout).toMatch(/^\{"_aws":.*"batches":1.*\}$/m);
      expect(stdout).not.toContain('Record failed');
    });
  });

  test('entries of the console are a line each, such as the warning about records of no entity', async () => {
    const code = codeOf({
      'handler.ts': `import { defineTable, itemOf, prefix, streamRouter } from ${STREAMLANE};
        const app = defineTable({ name: 'App', keys: ['id'], entities: { order: { item: itemOf<any>(), match: { id: prefix('ORDER#') } } } });
        export const handler = streamRouter(app).onInsert((_record, { logger }) => {
          logger.info('seen', { eventID: 'e'.repeat(32), sequenceNumber: '4'.repeat(40), tableName: 'App' });
        });`,
    });
    const command = dev(code, '--maximum-batching-window-in-seconds', '1');
    await command.seen(READY);
    await put('ORDER#1');
    await put('SETTINGS');
    await command.seen(/checkpoint 2\n/);
    command.interrupt();
    const { stdout } = await command.ended();
    expect(stdout).toMatch(
      /^Records belong to none of the entities .+ \{ records: \d, unknownEntity: 1 \}$/m,
    );
    expect(stdout).toMatch(/^seen \{ eventID: 'e+', sequenceNumber: '4+', tableName: 'App' \}$/m);
  });

  test('a failure that repeats is printed once, with a count, until the code changes', async () => {
    const code = routerCode();
    const command = dev(code);
    await command.seen(READY);
    await put('b', -1);
    await command.seen(/attempt 2 {2}failed {2}→ retry in 1 s {2}\(as before, 2 times now\)\n/);
    await command.seen(/attempt 3 .*\(as before, 3 times now\)\n/);
    expect(command.stdout().match(/RangeError: negative/g)).toHaveLength(1);
    code.write('check.ts', `export const check = () => { throw new RangeError('negative'); }; // changed`);
    await command.seen(/reloaded[\s\S]*INSERT id="b" {2}RangeError: negative/);
    command.interrupt();
    await command.ended();
  });

  test('records that fail in the same way share a line', async () => {
    const command = dev(routerCode(), '--maximum-batching-window-in-seconds', '1');
    await command.seen(READY);
    for (const id of ['a', 'b', 'c']) await put(id, -1);
    await command.seen(/INSERT id="[abc]"(?: and \d more, ×\d)? {2}RangeError: negative/);
    command.interrupt();
    await command.ended();
  });

  test('a missing variable is reported with the flag that sets it', async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { env, readEnv } from ${STREAMLANE.replace('index.ts', 'options/env.ts')};
        const topicArn = env('NOT_SET_HERE');
        export const handler = streamRouter()
          .onInsert(() => { readEnv('snsTopic', 'topicArn', topicArn); });`,
    });
    const command = dev(code);
    // Before any record fails for it.
    await command.seen(/^warning: The code uses env\('NOT_SET_HERE'\), .+\n(?:.*\n)*.* Ctrl-C stops\./m);
    await put('a');
    await command.seen(
      /INSERT id="a" {2}ConfigurationError: .* Here: set it in \.env, or start again with --env NOT_SET_HERE=value\./,
    );
    command.interrupt();
    await command.ended();
  });

  test('a dead letter is a warning and a count, and not a tick', async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { deadLetter } from ${JSON.stringify(pathToFileURL(resolve('src/middleware/dead-letter.ts')).href)};
        export const handler = streamRouter()
          .use(deadLetter({ target: 'memory', send: async () => {} }, { when: () => true }))
          .onInsert(() => { throw new RangeError('negative'); });`,
    });
    const command = dev(code);
    await command.seen(READY);
    await put('a');
    await command.seen(
      /! 1 record {2}\d+ ms {2}1 dead-lettered {2}→ checkpoint 1\n.* INSERT id="a" {2}dead letter: RangeError: negative/,
    );
    command.interrupt();
    const { stdout, stderr } = await command.ended();
    expect(stdout).toMatch(/ · 1 dead-lettered · lag/);
    // The two lines say it, so the entry of the console does not.
    expect(stdout + stderr).not.toContain('Record sent to the dead letters');
  });

  test('a change of an imported file is used at once, also for what waits for its retry', async () => {
    const code = routerCode();
    const command = dev(code);
    await command.seen(READY);
    await put('b', -1);
    await command.seen(/retry in 2 s/);
    code.write('check.ts', 'export const check = (total: number): void => {};');
    await command.seen(/↻ reloaded .*handler\.ts\n[\s\S]*✓ 1 record .*→ checkpoint 1\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('a syntax error is shown, the previous code keeps running, and no record is lost', async () => {
    const code = routerCode();
    const command = dev(code);
    await command.seen(READY);
    code.write('check.ts', 'export const check = (;');
    await command.seen(
      /↻ not reloaded: .*handler\.ts cannot be read.* Correct the syntax\. The previous code keeps running\.\n/,
    );
    await put('a');
    await command.seen(/→ checkpoint 1\n/);
    code.write('check.ts', `export const check = (): void => { console.log('new code'); };`);
    await command.seen(/↻ reloaded/);
    await put('b');
    await command.seen(/new code[\s\S]*→ checkpoint 2\n|→ checkpoint 2\n[\s\S]*new code/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('records wait while no code loads at all', async () => {
    const code = codeOf({
      'handler.ts': `import { existsSync } from 'node:fs';
        if (existsSync(new URL('broken', import.meta.url))) throw new Error('broken');
        export const handler = () => { process.exit(1); };`,
    });
    const command = dev(code, '--maximum-retry-attempts', '5');
    await command.seen(READY);
    await put('a');
    code.write('broken', '');
    await command.seen(/Error: The handler's process exited with code 1\./);
    await command.seen(/… records wait until the handler can be loaded\n/);
    code.write('handler.ts', 'export const handler = () => {};');
    await command.seen(/↻ reloaded[\s\S]*✓ 1 record .*→ checkpoint 1\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('Ctrl-C lets the invocation in flight finish', async () => {
    const code = codeOf({
      'handler.ts': `export const handler = async () => {
        console.log('begun');
        await new Promise((resolve) => setTimeout(resolve, 700));
      };`,
    });
    const command = dev(code);
    await command.seen(READY);
    await put('a');
    await command.seen(/begun/);
    command.interrupt();
    const { code: exit, stdout } = await command.ended();
    expect(stdout).toMatch(/✓ 1 record .*→ checkpoint 1\n/);
    expect(exit).toBe(EXIT.ok);
  });

  test('with --json each event is a line that names records and shows nothing of them', async () => {
    const command = dev(routerCode(), '--json', '--bisect-batch-on-function-error');
    await command.seen(READY);
    await put('secret', -1);
    await command.seen(/"event":"retry"/);
    command.interrupt();
    const { stdout } = await command.ended();
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'started', table, streamArn: expect.any(String) });
    expect(events.find(({ event }) => event === 'invocation')).toMatchObject({
      outcome: 'failed',
      records: [{ eventID: expect.any(String), eventName: 'INSERT', sequenceNumber: expect.any(String) }],
      failures: [{ message: 'RangeError: negative', eventName: 'INSERT' }],
    });
    expect(events.at(-1)).toMatchObject({ event: 'stopped', reason: 'stopped' });
    expect(stdout).not.toContain('secret');
    expect(stdout).not.toContain('"keys"');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a missing module',
      { 'other.ts': '' },
      /^error: There is no file .*handler\.ts\. Paths are relative to .+\n$/,
    ],
    [
      'a missing export',
      { 'handler.ts': 'export const other = () => {};' },
      /error: .*handler\.ts has no export handler\. It exports other: use .*handler\.ts#other\.\n$/,
    ],
    [
      'a syntax error',
      { 'handler.ts': 'export const handler = (;' },
      /error: .*handler\.ts cannot be read: .+ Correct the syntax\.\n$/,
    ],
    [
      'a module that throws',
      { 'handler.ts': `throw new Error('not today');` },
      /error: .*handler\.ts throws when it is imported: not today \(.*handler\.ts:1\)\. .+\n$/,
    ],
  ])('%s ends it with one line', async (_name, files, line) => {
    const { code, stdout, stderr } = await dev(codeOf(files)).ended();
    expect(stderr).toMatch(line);
    expect(stdout).toBe('');
    expect(code).toBe(EXIT.usage);
  });

  test('a table that is not there says how to create it', async () => {
    const { code, stderr } = await run(['dev', routerCode().path('handler.ts'), '--table', 'Nowhere'], {
      env,
    }).ended();
    expect(stderr).toMatch(/^error: There is no table Nowhere here\. Create it with: .+\n$/);
    expect(code).toBe(EXIT.failed);
  });

  test('a table without a stream says how to get one', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const { code, stderr } = await dev(routerCode()).ended();
    expect(stderr).toMatch(/^error: The table Table\d+ has no stream\. Enable one: .+\n$/);
    expect(code).toBe(EXIT.failed);
  });

  test('an endpoint that does not answer is reported', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const argv = ['dev', routerCode().path('handler.ts'), '--table', table, '--endpoint', endpoint];
    const { code, stderr } = await run(argv).ended();
    expect(stderr).toMatch(/^error: No server answers \(.*ECONNREFUSED.*\)\. .+\n$/);
    expect(code).toBe(EXIT.failed);
  });

  test('a table that is deleted ends it', async () => {
    const command = dev(routerCode());
    await command.seen(READY);
    await client.send(new DeleteTableCommand({ TableName: table }));
    const { code, stderr } = await command.ended();
    expect(stderr).toMatch(/error: The stream of Table\d+ is gone: .+\n$/);
    expect(code).toBe(EXIT.failed);
  }, 30_000);
});

test.each<[string[], RegExp]>([
  [['dev', '--table', 'T'], /missing required argument 'module#export'/],
  [['dev', 'handler'], /required option '--table <name>' not specified/],
  [['dev', 'handler', '--table', 'T'], /handler is not a handler\. Name a module/],
  [
    ['dev', 'src/index.ts', '--table', 'T', '--batch-size', '0'],
    /--batch-size has to be a whole number from 1 to 10000, got 0\./,
  ],
  [
    ['dev', 'src/index.ts', '--table', 'T', '--batch-size', 'ten'],
    /--batch-size has to be a whole number from 1 to 10000, got "ten"\./,
  ],
  [
    ['dev', 'src/index.ts', '--table', 'T', '--starting-position', 'NOW'],
    /--starting-position is refused: .*'NOW' at 'startingPosition' failed .* Use TRIM_HORIZON or LATEST\./,
  ],
  [['dev', 'src/index.ts', '--table', 'T', '--filter-criteria', '{'], /--filter-criteria is not JSON/],
  [['dev', 'src/index.ts', '--table', 'T', '--create', 'a,b,c'], /A table has a partition key/],
  [['dev', 'src/index.ts', '--table', 'T', '--timeout', '0'], /--timeout has to be a number of seconds/],
  [
    ['dev', 'src/index.ts', '--table', 'T', '--max-concurrency', '0'],
    /--max-concurrency has to be a whole number from 1 to 1600, got 0\./,
  ],
  [
    ['dev', 'src/index.ts', '--table', 'T', '--workers', 'two'],
    /--workers has to be a whole number from 1 to 64, got two\./,
  ],
  [['dev', 'src/index.ts', '--table', 'T', '--batch', '1'], /unknown option '--batch'/],
])('%j is wrong usage, and nothing is started', async (argv, line) => {
  const { code, stdout, stderr } = await inProcess(argv, { env }).ended();
  expect(stderr).toMatch(line);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(stdout).toBe('');
  expect(code).toBe(EXIT.usage);
});

test('without a server it runs its own, which other commands of the project find', async () => {
  // It creates a table, so it does not take credentials for a wish to talk to AWS.
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  const argv = ['dev', routerCode().path('handler.ts'), '--table', 'Own', '--create', 'id', '--verbose'];
  const command = inProcess(argv, { env });
  await command.seen(READY);
  expect(command.stderr()).toMatch(
    /^Using embedded servers of this command: DynamoDB at http:.+\nCreated the table Own with a stream\.\nOther commands of this project find these servers\. .+ streamlane exec -- <program>\n {2}export AWS_ENDPOINT_URL_DYNAMODB=http/,
  );
  expect(command.stderr()).toMatch(/export AWS_ACCESS_KEY_ID=local\n[\s\S]* {2}unset AWS_PROFILE\n/);
  expect(await spawned(['put', 'Own', '{"id":"a","total":1}']).ended()).toMatchObject({ code: EXIT.ok });
  await command.seen(/→ checkpoint 1\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

describe('the messages that topics, queues and buckets of its own servers get', { timeout: 40_000 }, () => {
  const from = (path: string): string => STREAMLANE.replace('index.ts', path);
  const PUBLISHER = {
    'handler.ts': `import { env, streamRouter } from ${STREAMLANE};
      import { publishTo } from ${from('sinks/index.ts')};
      import { snsTopic } from ${from('sinks/sns.ts')};
      import { sqsQueue } from ${from('sinks/sqs.ts')};
      const topic = snsTopic({ topicArn: env('INVOICES_TOPIC_ARN') });
      const queue = sqsQueue({ queueUrl: env('OUTBOX_QUEUE_URL') });
      const toMessage = ({ newImage }: any) => ({ paid: newImage.id });
      export const handler = streamRouter<any>({ logger: false })
        .onInsert(publishTo(topic, toMessage))
        .onInsert(publishTo(queue, toMessage))
        .onInsert(({ newImage }) => { if (newImage.id === 'bad') throw new Error('no'); });`,
  };
  const own = (run: typeof inProcess | typeof spawned, ...flags: string[]) =>
    run([
      ...['dev', codeOf(PUBLISHER).path('handler.ts'), '--table', table, '--create', 'id'],
      ...['--create-topic', 'invoices', '--create-queue', 'outbox.fifo', '--create-queue', 'failed'],
      ...['--maximum-retry-attempts', '0', '--maximum-batching-window-in-seconds', '1'],
      ...['--destination-config', 'failed', ...flags],
    ]);
  const putItem = (id: string) => spawned(['put', table, JSON.stringify({ id })]).ended();

  test('is a line above that of the invocation, and the messages stay in their queue', async () => {
    // As a process: the mapping finds the queue of its destination by the environment of that.
    const command = own(spawned);
    await command.seen(READY);
    await putItem('a');
    const [, messages = ''] = await command.seen(/((?:.* → S\wS .*\n)+).* ✓ 1 record/);
    expect(messages).toMatch(/ → SNS invoices {2}1 message(?: {2}\(--show-messages prints them\))?\n/);
    expect(messages).toMatch(/ → SQS outbox\.fifo {2}1 message(?: {2}\(--show-messages prints them\))?\n/);
    expect(messages.match(/--show-messages/g)).toHaveLength(1);
    await putItem('bad');
    await command.seen(/ → SQS failed {2}1 message\n.*discarded: 1 record/);
    expect(command.stdout()).not.toContain('"paid"');
    const read = `const { SQSClient, ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const QueueUrl = process.env.FAILED_QUEUE_URL;
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      console.log(Messages.length);`;
    const node = ['node', '--input-type=module', '--eval', read];
    expect((await spawned(['exec', '--', ...node]).ended()).stdout).toBe('1\n');
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test('is shown with --show-messages, without control over the terminal', async () => {
    const command = own(inProcess, '--show-messages');
    await command.seen(READY);
    await putItem('a');
    await command.seen(/ → SNS invoices {2}1 message\n {4}\{"paid":"a"\}\n/);
    await command.seen(/ → SQS outbox\.fifo {2}1 message\n {4}group .+ {2}\{"paid":"a"\}\n/);
    const send = `const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
      const QueueUrl = process.env.FAILED_QUEUE_URL;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'line\\nforged \\u202e' }));`;
    await spawned(['exec', '--', 'node', '--input-type=module', '--eval', send]).ended();
    await command.seen(/ → SQS failed {2}1 message\n {4}line\\nforged \\u202e\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });

  test.each([
    [[], { service: 'sns', name: 'invoices', messageId: expect.any(String) }],
    [
      ['--show-messages'],
      { service: 'sns', name: 'invoices', messageId: expect.any(String), body: '{"paid":"secret"}' },
    ],
  ])(
    'is an event of --json %j, and shows nothing of items unless it is asked for',
    async (flags, message) => {
      const command = own(inProcess, '--json', ...flags);
      await command.seen(READY);
      await putItem('secret');
      await command.seen(/"event":"checkpoint"/);
      command.interrupt();
      const { stdout } = await command.ended();
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'message');
      const [sns] = events.filter(({ service }) => service === 'sns');
      expect(sns).toEqual({ event: 'message', id: expect.any(Number), time: expect.any(String), ...message });
      const [sqs] = events.filter(({ service }) => service === 'sqs');
      if (flags.length > 0) expect(sqs).toMatchObject({ groupId: expect.stringContaining('secret') });
      else expect(stdout).not.toContain('secret');
    },
  );

  test('is also the change of a table that --create-table has created', async () => {
    const code = codeOf({
      'handler.ts': `import { env, streamRouter } from ${STREAMLANE};
        import { tableWriter } from ${from('sinks/dynamodb.ts')};
        const log = tableWriter({ tableName: env('AUDIT_LOG_TABLE'), keys: ['key'] });
        export const handler = streamRouter<any>().onInsert(async (record) => {
          const key = record.newImage.id;
          await log.send({ key, n: 12345678901234567890n }, { record });
          if (key === 'gone') await log.delete({ key }, { record });
        });`,
    });
    const command = inProcess([
      ...['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--show-messages'],
      ...['--create-table', 'AuditLog=key'],
    ]);
    await command.seen(READY);
    await putItem('a');
    await command.seen(
      / → DynamoDB AuditLog {2}1 change\n {4}INSERT \{"key":"a","n":12345678901234567890\}\n/,
    );
    await putItem('gone');
    await command.seen(/ {4}REMOVE \{"key":"gone"\}\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
    // The handler's own table is the source of the invocations.
    expect(command.stdout()).not.toContain(`DynamoDB ${table}`);
  });

  test('is not known of servers that run already, and --show-messages says so', async () => {
    const argv = ['dev', codeOf(PUBLISHER).path('handler.ts'), '--table', table, '--create', 'id'];
    const command = inProcess([...argv, '--show-messages'], { env });
    await command.seen(READY);
    expect(command.stderr()).toMatch(
      /^warning: --show-messages works only with servers that dev starts itself, but this one uses DynamoDB at .+ emulators/m,
    );
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  });
});

test.each([
  ['.env, which comes while it runs', [], '.env', ''],
  ['--env-file', ['--env-file', 'my.env'], 'my.env', 'STAGE=first\n'],
])('a change of %s is used at once, as a change of the code', async (_name, flags, file, before) => {
  const code = codeOf({
    'handler.ts': `const stage = process.env.STAGE; console.log('loaded with', stage);
      export const handler = () => { console.log('handling in', stage); };`,
    ...(before !== '' && { [file]: before }),
  });
  const argv = ['dev', 'handler.ts', '--table', table, '--create', 'id', ...flags];
  const command = spawned(argv, { env, cwd: code.directory });
  await command.seen(READY);
  // A busy machine begins to watch when it likes.
  await eventually(async () => {
    code.write(file, `STAGE=changed\nNOISE=${Math.random()}\n`);
    await sleep(300);
    expect(command.stdout()).toContain('loaded with changed');
  });
  await command.seen(/↻ reloaded handler\.ts\n/);
  await put('a');
  await command.seen(/handling in changed\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('variables that cannot be read are an error, and those before them stay', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = () => { console.log('handling in', process.env.STAGE); };`,
    'my.env': 'STAGE=first\n',
  });
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id'];
  const command = inProcess([...argv, '--env-file', code.path('my.env')], { env });
  await command.seen(READY);
  // A busy machine begins to watch when it likes.
  await eventually(async () => {
    code.write('my.env', `STAGE=first\nNOISE=${Math.random()}\n`);
    await sleep(300);
    expect(command.stdout() + command.stderr()).toMatch(/↻ reloaded/);
  });
  code.remove('my.env');
  await command.seen(/↻ not reloaded: There is no file .*my\.env\. .+ The previous code keeps running\.\n/);
  await put('a');
  await command.seen(/handling in first\n/);
  code.write('my.env', 'STAGE=second\n');
  await command.seen(/↻ not reloaded[\s\S]*↻ reloaded/);
  await put('b');
  await command.seen(/handling in second\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('a handler may lie in a folder with a # in its name', async () => {
  const code = codeOf({
    'c#/handler.ts': `import { answer } from './answer.ts';
      export const handler = () => {}; export const other = () => { console.log('other', answer); };`,
    'c#/answer.ts': 'export const answer = 1;',
  });
  const argv = ['dev', code.path('c#/handler.ts#other'), '--table', table, '--create', 'id'];
  const command = spawned(argv, { env });
  await command.seen(READY);
  await put('a');
  await command.seen(/other 1\n/);
  code.write('c#/answer.ts', 'export const answer = 2;');
  await command.seen(/↻ reloaded .*c#\/handler\.ts#other\n/);
  await put('b');
  await command.seen(/other 2\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('--create-table creates a second table, such as that of an audit trail, and exports its name', async () => {
  const from = (path: string): string => STREAMLANE.replace('index.ts', path);
  const code = codeOf({
    'handler.ts': `import { env, streamRouter } from ${STREAMLANE};
      import { auditTrail } from ${from('audit/index.ts')};
      import { tableWriter } from ${from('sinks/dynamodb.ts')};
      const target = tableWriter({ tableName: env('${table.toUpperCase()}_AUDIT_TABLE'), keys: ['itemKey', 'position'] });
      export const handler = streamRouter<any>().use(auditTrail(target));`,
  });
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id'];
  const command = spawned([...argv, '--create-table', `${table}Audit=itemKey,position`], { env });
  await command.seen(READY);
  await put('a');
  await command.seen(/→ checkpoint 1\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  const { Items } = await client.send(new ScanCommand({ TableName: `${table}Audit` }));
  expect(Items).toMatchObject([{ itemKey: { S: `${table}/id=a` }, eventName: { S: 'INSERT' } }]);
});

test('filtered and discarded records are counted; the destination gets the document', async () => {
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'given-up' }));
  const command = spawned(
    [
      ...['dev', routerCode().path('handler.ts'), '--table', table, '--create', 'id', '--verbose'],
      ...[
        '--maximum-retry-attempts',
        '0',
        '--destination-config',
        'arn:aws:sqs:us-east-1:000000000000:given-up',
      ],
      ...['--filter-criteria', '{"dynamodb":{"NewImage":{"id":{"S":["a"]}}}}', '--function-name', 'mine'],
    ],
    { env },
  );
  await command.seen(READY);
  await put('other');
  await put('a', -1);
  await command.seen(/- 1 record matched no filter/);
  await command.seen(
    /discarded: 1 record, RetryAttemptsExhausted\n.*RangeError: negative.*\n {6}RangeError: negative\n {10}at check/,
  );
  command.interrupt();
  expect((await command.ended()).stdout).toMatch(/· 1 filtered · 1 discarded ·/);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  expect(JSON.parse(`${Messages?.[0]?.Body}`)).toMatchObject({
    requestContext: { functionArn: expect.stringContaining(':mine') },
  });
});

test('filtered records, and records that are discarded without a destination, are counted in a terminal too', async () => {
  const command = inProcess(
    [
      ...[
        'dev',
        routerCode().path('handler.ts'),
        '--table',
        table,
        '--create',
        'id',
        '--function-name',
        'mine',
      ],
      ...[
        '--maximum-retry-attempts',
        '0',
        '--filter-criteria',
        '{"dynamodb":{"NewImage":{"id":{"S":["a"]}}}}',
      ],
    ],
    { env, terminal: true },
  );
  await command.seen(READY);
  await put('other');
  await command.seen(/- 1 record matched no filter/);
  await put('a', -1);
  await command.seen(/discarded: 1 record, RetryAttemptsExhausted/);
  await command.seen(/Table\d+ · 0 records · 1 filtered · 1 discarded · 1 failed invocation · lag/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

test('saved again and again under load, broken now and then, it loses nothing and keeps the order', async () => {
  const handlerOf = (version: number): string => `import { appendFileSync } from 'node:fs';
    export const handler = async ({ Records }: any) => {
      await new Promise((resolve) => setTimeout(resolve, ${version % 7}));
      if (${version % 3 === 0} && Math.random() < 0.2) process.exit(1);
      appendFileSync(new URL('log', import.meta.url), Records.map((record: any) => record.dynamodb.Keys.id.S + '\\n').join(''));
    };`;
  const code = codeOf({ 'handler.ts': handlerOf(1) });
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--batch-size', '5'];
  const command = inProcess(argv, { env });
  await command.seen(READY);
  const ids = Array.from({ length: 150 }, (_, index) => `${index}`.padStart(3, '0'));
  for (const [index, id] of ids.entries()) {
    await put(id);
    if (index % 5 === 0) code.write('handler.ts', index % 20 === 0 ? 'broken (' : handlerOf(index));
    await sleep(10);
  }
  code.write('handler.ts', handlerOf(1));
  await command.seen(/→ checkpoint 150\n/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
  const log = readFileSync(code.path('log'), 'utf8').trim().split('\n');
  expect([...new Set(log)]).toEqual(ids);
}, 60_000);

test('positions that cannot be written end it', async () => {
  const code = routerCode();
  const gone = codeOf({});
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id'];
  const command = inProcess([...argv, '--checkpoint-file', gone.path('positions.json')], { env });
  await command.seen(READY);
  rmSync(gone.directory, { recursive: true });
  await put('a');
  const { code: exit, stdout, stderr } = await command.ended();
  expect(stdout).toContain('stopped before the checkpoint');
  expect(stderr).toMatch(/error: ENOENT.*positions\.json/);
  expect(exit).toBe(EXIT.failed);
});

test('with a file for its positions, it continues where it stopped', async () => {
  const code = routerCode();
  const options = ['--table', table, '--create', 'id', '--checkpoint-file', code.path('positions.json')];
  const first = inProcess(['dev', code.path('handler.ts'), ...options], { env });
  await first.seen(READY);
  await put('a');
  await first.seen(/checkpoint 1\n/);
  first.interrupt();
  await first.ended();
  await put('b');
  const second = inProcess(['dev', code.path('handler.ts'), ...options], { env });
  await second.seen(/checkpoint 2\n/);
  second.interrupt();
  await second.ended();
  expect(second.stdout()).not.toContain('handling a');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  expect(Table).toBeDefined();
});

describe('on a stream that does what no emulator does', () => {
  function onFake(...options: string[]) {
    return onFakeWith(routerCode(), ...options);
  }

  async function onFakeWith(code: Code, ...options: string[]) {
    const streams = await FakeStreams.start();
    streams.addShard('shardId-1');
    streams.table = { TableName: 'Invoices', LatestStreamArn: FAKE_STREAM };
    const argv = ['dev', code.path('handler.ts'), '--table', 'Invoices', '--region', 'eu-central-1'];
    const command = inProcess([...argv, '--endpoint', streams.endpoint, ...options]);
    await command.seen(READY);
    return { streams, command };
  }

  test('problems are reported, and records that have left the stream', async () => {
    const { streams, command } = await onFake('--starting-position', 'TRIM_HORIZON');
    streams.fail('GetRecords', 'InternalServerError', 3);
    await command.seen(/warning: GetRecords failed, and will be tried again: .*InternalServerError/);
    streams.fail('GetRecords', 'TrimmedDataAccessException');
    await command.seen(/! records left the stream before they could be read/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
    await streams.stop();
  });

  test.each([
    ['a null member', '{"pk":null}'],
    ['a null in a list', '{"pk":{"S":"bad"},"list":{"L":[null]}}'],
    ['a null in a map named __proto__', '{"pk":{"S":"bad"},"__proto__":{"M":{"a":null}}}'],
  ])('%s fails its record alone, and what comes after it is handled', async (_name, image) => {
    const { streams, command } = await onFakeWith(
      codeOf(CANDID_ROUTER),
      ...['--starting-position', 'TRIM_HORIZON', '--maximum-retry-attempts', '1'],
    );
    streams.write('shardId-1', 'before');
    streams.writeRaw('shardId-1', {
      eventID: 'b'.repeat(32),
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: '5'.repeat(21), Keys: { pk: { S: 'bad' } }, NewImage: JSON.parse(image) },
    });
    await command.seen(/INSERT pk="bad" {2}UnmarshallError: The attribute /);
    streams.write('shardId-1', 'after');
    await command.seen(/discarded: 1 record, RetryAttemptsExhausted\n/);
    await command.seen(/handling {"pk":"after"}/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
    const handled = [...command.stdout().matchAll(/handling (.*)/g)].map(([, item]) => item);
    expect(handled).toEqual(['{"pk":"before"}', '{"pk":"after"}']);
    await streams.stop();
  });

  test('records that are too old are discarded before any invocation', async () => {
    const { streams, command } = await onFake(
      ...['--starting-position', 'TRIM_HORIZON', '--maximum-record-age-in-seconds', '60'],
    );
    const dynamodb = {
      SequenceNumber: '400000000000000000001',
      ApproximateCreationDateTime: Date.now() / 1000 - 3600,
      Keys: { pk: { S: 'a' } },
    };
    streams.writeRaw('shardId-1', { eventName: 'INSERT', dynamodb });
    await command.seen(/✗ discarded: 1 record, RecordAgeExceeded\n/);
    command.interrupt();
    expect(await command.ended()).toMatchObject({ code: EXIT.ok });
    await streams.stop();
  });

  test('a stream that was disabled and read is done', async () => {
    const { streams, command } = await onFake('--json');
    streams.closeShard('shardId-1');
    streams.status = 'DISABLED';
    const { code, stdout } = await command.ended();
    expect(stdout).toContain('"reason":"streamDisabled"');
    expect(code).toBe(EXIT.ok);
    await streams.stop();
  });
});

test('with --json reloads are events too', async () => {
  const code = codeOf({
    'handler.ts': `import { existsSync } from 'node:fs';
      if (existsSync(new URL('broken', import.meta.url))) throw new Error('broken');
      export const handler = () => { process.exit(1); };`,
  });
  const command = inProcess(['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--json'], {
    env,
  });
  await command.seen(READY);
  await eventually(() => {
    code.write('handler.ts', `no code ${Math.random()}`);
    expect(command.stdout()).toMatch(/"event":"notLoaded",.*"message":".+Correct the syntax/);
  });
  code.write('broken', '');
  await put('a');
  await command.seen(/"event":"waiting"/);
  code.write('handler.ts', 'export const handler = () => {};');
  await command.seen(/"event":"reloaded"/);
  await command.seen(/"event":"checkpoint"/);
  command.interrupt();
  expect(await command.ended()).toMatchObject({ code: EXIT.ok });
});

import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../../src/cli/errors/exit-codes.ts';
import { inProcess } from '../../in-process.ts';
import type { RunningCommand } from '../../running-command.ts';
import { codeOf, STREAMLANE } from '../code.ts';

const from = (path: string): string => STREAMLANE.replace('index.ts', path);
const packaged = (name: string): string => JSON.stringify(import.meta.resolve(name));

const WRITER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${WRITER.traceId}-${WRITER.spanId}-01`;

const IMPORTS = `import { env, streamRouter } from ${STREAMLANE};
  import { tracing } from ${from('opentelemetry/index.ts')};
  import { snsTopic } from ${from('sinks/sns.ts')};
  import { sqsQueue } from ${from('sinks/sqs.ts')};
  const topic = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });
  const queue = sqsQueue({ queueUrl: env('OUTBOX_QUEUE_URL') });`;

const ROUTER = `export const handler = streamRouter({ logger: false })
  .use(tracing({ parent: 'traceparent', attributes: ({ eventName }) => ({ hostile: '\\u001b]0;t\\u0007\\u202e' + eventName }) }))
  .onInsert(async (record) => {
    const { id } = record.newImage;
    if (id === 'bad') throw new RangeError('negative \\u001b[2J');
    await Promise.all([topic.publish({ id }, { record }), queue.send({ id }, { record })]);
  });`;

/** A provider of the handler's own, and a span of its own for each invocation. */
const OWN_SETUP = (sampler: string): string => `
  import { context, trace } from ${packaged('@opentelemetry/api')};
  import { AsyncLocalStorageContextManager } from ${packaged('@opentelemetry/context-async-hooks')};
  import { ${sampler}, TracerProvider } from ${packaged('@opentelemetry/sdk-trace')};
  trace.setGlobalTracerProvider(new TracerProvider({ sampler: new ${sampler}() }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());`;

let tables = 0;

interface Running {
  readonly command: RunningCommand;
  put(item: object): Promise<void>;
  end(): Promise<string>;
}

/** Runs `dev --traces` with servers of its own. */
async function devTraces(code: string, ...flags: string[]): Promise<Running> {
  const table = `Traced${++tables}`;
  const command = inProcess([
    ...[
      'dev',
      codeOf({ 'handler.ts': code }).path('handler.ts'),
      '--table',
      table,
      '--create',
      'id',
      '--traces',
    ],
    ...['--create-topic', 'payments', '--create-queue', 'outbox', ...flags],
  ]);
  await command.seen(/Ctrl-C stops/);
  return {
    command,
    async put(item) {
      expect(await inProcess(['put', table, JSON.stringify(item)]).ended()).toMatchObject({ code: EXIT.ok });
    },
    async end() {
      command.interrupt();
      const { code: exitCode, stdout, stderr } = await command.ended();
      expect(exitCode).toBe(EXIT.ok);
      return stdout + stderr;
    },
  };
}

describe('streamlane dev --traces', { timeout: 40_000 }, () => {
  test('prints the tree of a record from its writer to its messages, in one trace, with a provider of its own', async () => {
    const { command, put, end } = await devTraces(IMPORTS + ROUTER);
    await put({ id: 'a', traceparent });
    await command.seen(/✓ 1 record/);
    const output = await end();
    expect(output).toMatch(
      new RegExp(
        [
          ` {4}writer {2}trace ${WRITER.traceId} {2}span ${WRITER.spanId}`,
          ' {4}└─ Traced\\d+ {2}INSERT id="a"',
          ' {7}└─ process Traced\\d+ {2}[\\d.]+ ms {2}trace [\\da-f]{32} {2}span [\\da-f]{16}',
          // Escaped: a terminal would obey them.
          ' {10}│ {2}hostile: \\\\u001b\\]0;t\\\\u0007\\\\u202eINSERT',
          ' {10}├─ S[NQ]S (?:payments|outbox) {2}message \\S+',
          ' {10}└─ S[NQ]S (?:payments|outbox) {2}message \\S+',
          '',
        ].join('\n'),
      ),
    );
  });

  test('shows a record whose handler throws, and one whose item has a malformed context', async () => {
    const { command, put, end } = await devTraces(IMPORTS + ROUTER, '--maximum-retry-attempts', '0');
    await put({ id: 'bad', traceparent: '00-malformed\u001b[2J' });
    await command.seen(/discarded: 1 record/);
    const output = await end();
    expect(output).toMatch(
      / {4}writer {2}not known\n.* INSERT id="bad"\n.*─ process Traced\d+ {2}.* ms {2}error: RangeError: negative \\u001b\[2J {2}trace /,
    );
    expect(output).toContain('error.type: RangeError');
    expect(output).not.toContain('\u001b');
  });

  test('shows the spans of the provider that the handler registers, and its invocation apart', async () => {
    const { command, put, end } = await devTraces(
      `${IMPORTS}${OWN_SETUP('AlwaysOnSampler')}
      const router = streamRouter({ logger: false })
        .use(tracing({ parent: 'traceparent' }))
        .onInsert(() => trace.getTracer('mine').startActiveSpan('charge', async (span) => span.end()));
      export const handler = (event, context) =>
        trace.getTracer('mine').startActiveSpan('on-change', async (span) => {
          const answer = await router(event, context);
          span.end();
          return answer;
        });`,
    );
    await put({ id: 'a', traceparent });
    await command.seen(/✓ 1 record/);
    expect(await end()).toMatch(
      /─ process Traced\d+ .*\n {10}└─ charge {2}[\d.]+ ms\n {4}on-change {2}[\d.]+ ms {2}trace [\da-f]{32} {2}span [\da-f]{16}\n/,
    );
  });

  test('says that a sampler of the handler drops spans', async () => {
    const { command, put, end } = await devTraces(IMPORTS + OWN_SETUP('AlwaysOffSampler') + ROUTER);
    await put({ id: 'a', traceparent });
    await command.seen(/✓ 1 record/);
    expect(await end()).toMatch(/^The sampler of the OpenTelemetry setup of the handler drops spans/m);
  });

  test('says once how to add tracing', async () => {
    const { command, put, end } = await devTraces(
      `${IMPORTS} export const handler = streamRouter().onInsert(() => {});`,
    );
    await put({ id: 'a' });
    await command.seen(/✓ 1 record .*checkpoint 1\n/);
    await put({ id: 'b' });
    await command.seen(/✓ 1 record .*checkpoint 2\n/);
    expect((await end()).match(/router\.use\(tracing\(/g)).toHaveLength(1);
  });

  test('with --json is an event for each record', async () => {
    const { command, put, end } = await devTraces(IMPORTS + ROUTER, '--json');
    await put({ id: 'secret', traceparent });
    await command.seen(/"event":"checkpoint"/);
    const output = await end();
    const lines = output.split('\n').filter((line) => line.startsWith('{"event":"trace"'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        event: 'trace',
        time: expect.any(String),
        id: expect.any(Number),
        record: expect.objectContaining({ eventName: 'INSERT', sequenceNumber: expect.any(String) }),
        writer: WRITER,
        span: expect.objectContaining({
          kind: 'CONSUMER',
          messages: expect.arrayContaining([
            { service: 'sns', name: 'payments', messageId: expect.any(String) },
          ]),
        }),
      },
    ]);
    expect(lines.join('')).not.toContain('secret');
  });

  test('--mask hides its keys, and what the handler writes into spans', async () => {
    const router = `${IMPORTS} export const handler = streamRouter({ logger: false })
      .use(tracing({ attributes: ({ newImage }) => ({ 'from item': newImage.email }) }))
      .onInsert(({ newImage }) => { throw new Error('no ' + newImage.email); });`;
    const item = { id: 'secret-id', email: 'secret-email', else: 'never' };
    const printed = async (...flags: string[]): Promise<string> => {
      const { command, put, end } = await devTraces(
        router,
        ...['--maximum-retry-attempts', '0', '--console', '--mask', 'id,email,else', ...flags],
      );
      await put(item);
      await command.seen(/trace(Id)?\W+[\da-f]{32}/);
      return await end();
    };
    const tree = await printed();
    expect(tree).toMatch(/INSERT id="•••"\n.*process .*error: •••.*\n.*from item: •••/);
    // The message of the failure itself is printed, as in the console.
    expect(tree.replaceAll('Error: no secret-email', '')).not.toMatch(/secret|never/);
    const [event = ''] = (await printed('--json'))
      .split('\n')
      .filter((line) => line.includes('"event":"trace"'));
    expect(event).not.toMatch(/secret|never/);
    expect(JSON.parse(event).span).toMatchObject({
      statusMessage: '•••',
      attributes: { 'from item': '•••' },
    });
  });

  test('a second version of the API in the handler ends it with an error that says what to do', async () => {
    const code = `globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.0.0' };
      export const handler = async () => {};`;
    const { code: exitCode, stderr } = await inProcess([
      ...['dev', codeOf({ 'handler.ts': code }).path('handler.ts'), '--table', 'Versions', '--create', 'id'],
      '--traces',
    ]).ended();
    expect(exitCode).toBe(EXIT.failed);
    expect(stderr).toMatch(
      /--traces cannot register a tracer provider, .* npm ls @opentelemetry\/api lists them\.\n$/,
    );
  });
});

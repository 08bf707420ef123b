import { EventEmitter, once } from 'node:events';
import type * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import { context, trace } from '@opentelemetry/api';
import type { Context } from 'aws-lambda';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadedFiles } from '../../../../src/cli/dev/sandbox/loaded-files.ts';
import type { SandboxMessage } from '../../../../src/cli/dev/sandbox/messages.ts';
import { Sandbox } from '../../../../src/cli/dev/sandbox/sandbox.ts';
import { serve } from '../../../../src/cli/dev/sandbox/serve.ts';
import { lambdaContext } from '../../../../src/local/handler/lambda-context.ts';
import type { ModuleCode } from '../../../../src/local/source/module-code.ts';
import { env } from '../../../../src/options/env.ts';
import { eventOf } from '../../../fixtures/events.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { codeOf, SOURCE, STREAMLANE } from '../code.ts';

const IDENTITY = { functionName: 'invoices', functionArn: 'arn:f', memoryLimitInMB: 256 };
const contextOf = (timeoutMs = 10_000): Context => lambdaContext({ ...IDENTITY, timeoutMs }, 'request-1');

const ENTITIES = {
  'handler.ts': `import { defineTable, itemOf, prefix, streamRouter } from ${STREAMLANE};
    const app = defineTable({
      name: 'App',
      keys: ['id'],
      entities: { order: { item: itemOf<{ id: string }>(), match: { id: prefix('ORDER#') } } },
    });
    export const handler = streamRouter(app).onInsert(() => {});
  `,
};

async function start(handler: string, code: ModuleCode = SOURCE) {
  const output: string[] = [];
  const files = new Set<string>();
  const unset: string[] = [];
  const sandbox = await Sandbox.start({
    handler,
    code,
    env: { ...process.env, WHO: 'me', EMPTY_HERE: '' },
    onOutput: (stream) => void stream.setEncoding('utf8').on('data', (text: string) => output.push(text)),
    onFiles: (loaded) => {
      for (const file of loaded) files.add(file);
    },
    onUnset: (names) => void unset.push(...names),
  });
  onTestFinished(() => sandbox.close());
  return { sandbox, output, files, unset };
}

describe('a sandbox', () => {
  test('gives the entities and the routes of records to its listeners, and looks for none without one', async () => {
    const handler = codeOf(ENTITIES).path('handler.ts');
    const event = eventOf({ id: 'ORDER#1' });
    const found: unknown[] = [];
    const sandbox = await Sandbox.start({
      handler,
      code: SOURCE,
      env: process.env,
      onOutput: (output) => void output.resume(),
      onFiles: () => {},
      onUnset: () => {},
      onEntities: (entities) => void found.push(...entities),
      onTaken: (taken) => void found.push(...taken),
    });
    onTestFinished(() => sandbox.close());
    await sandbox.invoke(event, contextOf());
    expect(found).toMatchObject([{ entity: 'order' }, { routes: { taken: [0] } }]);
    expect(sandbox.routes).toMatchObject({ kind: 'router', entities: ['order'] });
    const without = await start(handler);
    expect(await without.sandbox.invoke(event, contextOf())).toMatchObject({ type: 'returned' });
  });

  test('invokes the handler with event and context, in an environment of its own', async () => {
    const code = codeOf({
      'handler.ts': `export const handler = async (event: object, context: any) => {
        console.log('hello');
        return { event, ...context, left: context.getRemainingTimeInMillis(), who: process.env.WHO };
      };`,
    });
    const { sandbox, output } = await start(code.path('handler.ts'));
    const { response, failures } = await sandbox.invoke({ a: 1 }, contextOf());
    expect(response).toMatchObject({
      event: { a: 1 },
      functionName: 'invoices',
      invokedFunctionArn: 'arn:f',
      memoryLimitInMB: '256',
      awsRequestId: 'request-1',
      left: expect.any(Number),
      who: 'me',
    });
    expect(failures).toEqual([]);
    await eventually(() => expect(output.join('')).toBe('hello\n'));
    expect(await sandbox.invoke({ a: 2 }, contextOf())).toMatchObject({ response: { event: { a: 2 } } });
  });

  test.each([
    ['an answer', 'return 1;'],
    ['an error', "throw new Error('x');"],
  ])('hands over all output before %s', async (_, end) => {
    const code = codeOf({
      'handler.ts': `export const handler = async () => {
        for (let line = 1; line <= 5; line++) {
          console.log('line', line);
          await null;
        }
        process.stdout.write = process.stderr.write = () => true;
        ${end}
      };`,
    });
    const { sandbox, output } = await start(code.path('handler.ts'));
    await Promise.allSettled([sandbox.invoke({}, contextOf())]);
    expect(output.join('')).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n');
  });

  test('tells which files it is loaded from, those that are imported later too', async () => {
    const code = codeOf({
      'handler.ts': `import './lib/a.ts'; export const handler = () => import('./lib/b.ts').then(() => 1);`,
      'lib/a.ts': 'export {};',
      'lib/b.ts': 'export {};',
    });
    const { sandbox, files } = await start(code.path('handler.ts'));
    const [a, b] = [code.path('lib/a.ts'), code.path('lib/b.ts')];
    expect([...files].filter((file) => file.startsWith(code.directory))).toEqual([
      code.path('handler.ts'),
      a,
    ]);
    await sandbox.invoke({}, contextOf());
    expect(files).toContain(b);
  });

  test('tells which variables of its code are not set', async () => {
    const code = codeOf({
      'handler.ts': `import { env } from ${STREAMLANE};
        export const names = [env('WHO'), env('NOT_SET_HERE'), env('EMPTY_HERE')];
        export const handler = () => names;`,
    });
    const { unset } = await start(code.path('handler.ts'));
    expect(unset).toEqual(['EMPTY_HERE', 'NOT_SET_HERE']);
  });

  test('passes the reports of a router about failed records', async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        export const handler = streamRouter().onInsert(() => { throw new RangeError('no'); });`,
    });
    const { sandbox, output } = await start(code.path('handler.ts'));
    const event = eventOf({});
    expect(await sandbox.invoke(event, contextOf())).toMatchObject({
      response: { batchItemFailures: [{}] },
      failures: [
        {
          sequenceNumber: event.Records[0]?.dynamodb?.SequenceNumber,
          error: { name: 'RangeError', message: 'no', stack: expect.stringContaining('handler.ts') },
        },
      ],
    });
    expect(output).toEqual([]);
  });

  test.each([
    ['throws', `() => { throw new RangeError('no'); }`, { name: 'RangeError', message: 'no', failures: [] }],
    ['throws no error', '() => { throw 7; }', { message: 'The handler threw 7.' }],
    ['answers with no JSON', '() => 1n', { name: 'TypeError' }],
    [
      'ends its process',
      '() => { process.exit(3); }',
      { message: "The handler's process exited with code 3." },
    ],
    [
      'crashes',
      `() => new Promise(() => { setTimeout(() => { throw new Error('later'); }); })`,
      { message: 'later' },
    ],
    [
      'crashes with no error',
      `() => new Promise(() => { setTimeout(() => { throw 'text'; }); })`,
      { message: 'text' },
    ],
  ])('rejects when the handler %s', async (_name, handler, error) => {
    const code = codeOf({ 'handler.ts': `export const handler = ${handler};` });
    const { sandbox } = await start(code.path('handler.ts'));
    await expect(sandbox.invoke({}, contextOf())).rejects.toMatchObject(error);
  });

  test.each([
    ['posts to', "parentPort.postMessage('junk')"],
    ['posts an answer to', "parentPort.postMessage({ type: 'returned', id: 0, files: [] })"],
    ['closes', 'parentPort.close()'],
  ])('code that %s the port of its thread changes nothing', async (_name, statement) => {
    const code = codeOf({
      'handler.ts': `import { parentPort } from 'node:worker_threads';
        export const handler = async () => { ${statement}; return 'mine'; };`,
    });
    const { sandbox } = await start(code.path('handler.ts'));
    expect(await sandbox.invoke({}, contextOf())).toMatchObject({ response: 'mine' });
    expect(await sandbox.invoke({}, contextOf())).toMatchObject({ response: 'mine' });
  });

  test('an answer that was sent before the thread ends is not lost', async () => {
    const code = codeOf({
      'handler.ts': `export const handler = async () => {
        setImmediate(() => process.exit(1));
        return 'mine';
      };`,
    });
    const { sandbox } = await start(code.path('handler.ts'));
    expect(await sandbox.invoke({}, contextOf())).toMatchObject({ response: 'mine' });
    await eventually(() => expect(sandbox.closed).toBe(true));
  });

  test('can be ended while the handler never lets go', async () => {
    const code = codeOf({ 'handler.ts': 'export const handler = () => { for (;;); };' });
    const { sandbox } = await start(code.path('handler.ts'));
    const running = sandbox.invoke({}, contextOf());
    await sandbox.close();
    await expect(running).rejects.toThrow('exited with code 1');
    expect(sandbox.closed).toBe(true);
  });

  test.each([
    ['export const handler = (;', 'cannot be read', 2],
    [`import './missing.ts'; export const handler = () => {};`, 'cannot be imported', 2],
    ['export const other = () => {};', 'has no export handler. It exports other', 2],
    [`process.exit(4); export const handler = () => {};`, 'exited with code 4', undefined],
  ])('does not start with %j', async (text, message, exitCode) => {
    const code = codeOf({ 'handler.ts': text });
    await expect(start(code.path('handler.ts'))).rejects.toMatchObject({
      message: expect.stringContaining(message),
      ...(exitCode !== undefined && { exitCode }),
    });
  });
});

describe('inside a sandbox', () => {
  function port() {
    const emitter = new EventEmitter();
    const messages: SandboxMessage[] = [];
    const { error } = console;
    onTestFinished(() => {
      console.error = error;
    });
    return {
      messages,
      invoke: async (event: unknown) => {
        const { functionName, functionArn, memoryLimitInMB } = IDENTITY;
        const context = { functionName, functionArn, memoryLimitInMB, requestId: 'r', remainingMs: 1000 };
        emitter.emit('message', { event, context });
        await once(emitter, 'said');
        return messages.at(-1);
      },
      port: {
        on: (name: string, listener: (value: unknown) => void) => emitter.on(name, listener),
        postMessage: (message: SandboxMessage) => {
          messages.push(message);
          emitter.emit('said');
        },
      } as never,
    };
  }

  test('a handler is loaded and invoked, and the failures of its records are taken', async () => {
    const inside = port();
    env('NOT_SET_HERE');
    await serve(inside.port, { handler: 'test/cli/dev/handlers.ts#failing', code: SOURCE, traces: false });
    expect(inside.messages).toMatchObject([
      { type: 'loaded', files: expect.any(Array), unset: ['NOT_SET_HERE'] },
    ]);
    expect(await inside.invoke({ sequenceNumber: '7' })).toMatchObject({
      type: 'returned',
      response: null,
      failures: [{ sequenceNumber: '7', error: { name: 'Error', message: 'no' } }],
    });
    expect(await inside.invoke({ throws: true })).toMatchObject({
      type: 'threw',
      error: { message: 'thrown' },
      failures: [],
    });
    expect(await inside.invoke({ answer: { a: 1 } })).toMatchObject({ response: { a: 1 } });
  });

  test('with --traces, each answer brings the spans that have ended', async () => {
    onTestFinished(() => {
      trace.disable();
      context.disable();
    });
    const inside = port();
    await serve(inside.port, { handler: 'test/cli/dev/handlers.ts#failing', code: SOURCE, traces: true });
    trace.getTracer('t').startSpan('first').end();
    expect(await inside.invoke({})).toMatchObject({ traces: { spans: [{ name: 'first' }] } });
    trace.getTracer('t').startSpan('second').end();
    expect(await inside.invoke({ throws: true })).toMatchObject({ traces: { spans: [{ name: 'second' }] } });
  });

  test('with --max-concurrency, the request id is where AWS keeps it on Managed Instances', async () => {
    vi.stubEnv('AWS_LAMBDA_MAX_CONCURRENCY', '2');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      Reflect.deleteProperty(globalThis, 'awslambda');
    });
    const inside = port();
    const key = `Symbol.for('_AWS_LAMBDA_REQUEST_ID')`;
    const file = codeOf({
      'handler.mjs': `export const handler = () => globalThis.awslambda.InvokeStore.get(${key});`,
    }).path('handler.mjs');
    await serve(inside.port, { handler: file, code: SOURCE, traces: false });
    expect(await inside.invoke({})).toMatchObject({ response: expect.stringMatching(/./) });
  });

  test('with the console, the entities of the records are sent before the handler begins', async () => {
    const inside = port();
    await serve(inside.port, {
      handler: codeOf(ENTITIES).path('handler.ts'),
      code: SOURCE,
      traces: false,
      tellsEntities: true,
    });
    await inside.invoke(eventOf({ id: 'ORDER#1' }));
    expect(inside.messages).toMatchObject([
      { type: 'loaded' },
      { type: 'entities', entities: [{ entity: 'order', sequenceNumbers: [expect.any(String)] }] },
      { type: 'returned' },
    ]);
    const other = port();
    const handler = 'test/cli/dev/handlers.ts#failing';
    await serve(other.port, { handler, code: SOURCE, traces: false, tellsEntities: true });
    expect(await other.invoke({ answer: 1 })).toMatchObject({ type: 'returned' });
  });

  test('with the console, the routes of the handler and of its records are sent', async () => {
    const inside = port();
    const handler = codeOf(ENTITIES).path('handler.ts');
    await serve(inside.port, { handler, code: SOURCE, traces: false, tellsRoutes: true });
    await inside.invoke(eventOf({ id: 'ORDER#1' }));
    expect(inside.messages).toMatchObject([
      { type: 'loaded', routes: { kind: 'router', routes: [{ eventName: 'INSERT' }] } },
      { type: 'taken', taken: [{ routes: { taken: [0] }, sequenceNumbers: [expect.any(String)] }] },
      { type: 'returned' },
    ]);
    const other = port();
    const failing = 'test/cli/dev/handlers.ts#failing';
    await serve(other.port, { handler: failing, code: SOURCE, traces: false, tellsRoutes: true });
    expect(await other.invoke({ answer: 1 })).toMatchObject({ type: 'returned' });
    expect(other.messages).toMatchObject([
      { type: 'loaded', routes: { kind: 'unknown' } },
      { type: 'returned' },
    ]);
  });

  test('of a bundle no files are followed: they are known where it was made', async () => {
    const inside = port();
    const file = codeOf({ 'handler.mjs': 'export const handler = () => 1;' }).path('handler.mjs');
    await serve(inside.port, { handler: file, code: { type: 'bundle', file, format: 'esm' }, traces: false });
    expect(inside.messages).toMatchObject([{ type: 'loaded', files: [] }]);
  });

  test.each([
    ['test/cli/dev/handlers.ts#none', 2],
    ['test/cli/dev/handlers.ts#text', 2],
  ])('%s is not loaded', async (handler, exitCode) => {
    const inside = port();
    await serve(inside.port, { handler, code: SOURCE, traces: false });
    expect(inside.messages).toMatchObject([{ type: 'notLoaded', exitCode }]);
  });

  test('hooks follow files, missing ones too, and leave out packages', () => {
    let hooks: nodeModule.RegisterHooksOptions = {};
    const register = ((given: typeof hooks) => {
      hooks = given;
    }) as unknown as typeof nodeModule.registerHooks;
    const files = loadedFiles('/app/handler.ts', register);
    const resolve = (specifier: string, url: string | Error, parentURL?: string) =>
      hooks.resolve?.(
        specifier,
        { parentURL } as never,
        (() => {
          if (url instanceof Error) throw url;
          return { url };
        }) as never,
      );
    resolve('./a.ts', pathToFileURL('/app/a.ts').href);
    resolve('zod', pathToFileURL('/app/node_modules/zod/index.js').href);
    resolve('node:fs', 'node:fs');
    const missing = new Error('missing');
    expect(() => resolve('./b.ts', missing, 'file:///app/a.ts')).toThrow(missing);
    expect(() => resolve('./c.ts', missing)).toThrow(missing);
    expect(() => resolve('nothing', missing, 'file:///app/a.ts')).toThrow(missing);
    expect([...files]).toEqual(['/app/handler.ts', '/app/a.ts', '/app/b.ts']);
  });

  test('without hooks it is the module of the handler alone', () => {
    expect([...loadedFiles('/app/handler.ts', null as never)]).toEqual(['/app/handler.ts']);
  });
});

import { existsSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { HandlerPool } from '../../../src/cli/dev/handler-pool.ts';
import type { Sandbox } from '../../../src/cli/dev/sandbox/sandbox.ts';
import { lambdaContext } from '../../../src/local/handler/lambda-context.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { type Code, codeOf } from './code.ts';
import { poolParts, sandboxOf } from './pool-parts.ts';

const contextOf = (timeoutMs = 10_000): Context =>
  lambdaContext({ functionName: 'f', functionArn: 'arn:f', memoryLimitInMB: 128, timeoutMs }, 'r');

/** A pool, and a log of its calls. */
function poolOf(start: () => Promise<Sandbox>) {
  const { log, started, options } = poolParts(start);
  const pool = new HandlerPool(options);
  onTestFinished(() => pool.close());
  return { pool, log, started };
}

const poolOfCode = (code: Code) => poolOf(() => sandboxOf(code));

// Says which code it is, and which sandbox.
const handlerOf = (version: string) => `
  import { channel } from 'node:diagnostics_channel';
  const failures = channel('streamlane:record-failed');
  let calls = 0;
  export const handler = async ({ waitMs = 0, log, fail }: any) => {
    if (log) failures.publish({ sequenceNumber: log, outcome: 'failed', error: new Error('no') });
    if (fail) throw new Error('no');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return '${version}' + ++calls;
  };`;

test('one sandbox does what comes one after the other; what comes at once gets one each', async () => {
  const { pool, started } = poolOfCode(codeOf({ 'handler.ts': handlerOf('v1 ') }));
  await pool.open();
  expect(await pool.invoke({}, contextOf())).toBe('v1 1');
  expect(await pool.invoke({}, contextOf())).toBe('v1 2');
  expect(started()).toBe(1);
  const both = await Promise.all([pool.invoke({ waitMs: 50 }, contextOf()), pool.invoke({}, contextOf())]);
  expect(both).toEqual(['v1 3', 'v1 1']);
  expect(started()).toBe(2);
});

test('changed code gets the next invocation, and what runs on the old code ends there', async () => {
  const code = codeOf({
    'handler.ts': `import { version } from './version.ts';\n${handlerOf('')}`.replace(
      "return ''",
      'return version',
    ),
    'version.ts': `export const version = 'v1 ';`,
  });
  const { pool, log } = poolOfCode(code);
  await pool.open();
  const old = pool.invoke({ waitMs: 500 }, contextOf());
  code.write('version.ts', `export const version = 'v2 ';`);
  await pool.reload();
  expect(await pool.invoke({}, contextOf())).toBe('v2 1');
  expect(await old).toBe('v1 1');
  expect(await Promise.all([1, 2].map(() => pool.invoke({ waitMs: 20 }, contextOf())))).toEqual([
    'v2 2',
    'v2 1',
  ]);
  expect(log).toEqual(['reloaded']);
});

test('code that does not load leaves the code before it in use', async () => {
  const code = codeOf({ 'handler.ts': handlerOf('v1 ') });
  const { pool, log } = poolOfCode(code);
  await pool.open();
  code.write('handler.ts', 'export const handler = (;');
  await pool.reload();
  expect(await pool.invoke({}, contextOf())).toBe('v1 1');
  code.write('handler.ts', handlerOf('v2 '));
  await pool.reload();
  expect(await pool.invoke({}, contextOf())).toBe('v2 1');
  expect(log).toEqual([expect.stringMatching(/^not loaded: .*Correct the syntax/), 'reloaded']);
});

test('changes while code is loaded are loaded once, afterwards', async () => {
  const { pool, log, started } = poolOfCode(codeOf({ 'handler.ts': handlerOf('v1 ') }));
  await pool.open();
  await Promise.all([pool.reload(), pool.reload(), pool.reload()]);
  expect(log).toEqual(['reloaded', 'reloaded']);
  expect(started()).toBe(3);
});

test('an invocation that takes too long is ended, and the next one starts in a new process', async () => {
  const { pool } = poolOfCode(
    codeOf({ 'handler.ts': 'export const handler = ({ busy }: any) => { while (busy); return 1; };' }),
  );
  await pool.open();
  await expect(pool.invoke({ busy: true }, contextOf(100))).rejects.toThrow('exited with code');
  expect(await pool.invoke({}, contextOf())).toBe(1);
});

test('without code that loads an invocation does not start', async () => {
  const code = codeOf({ 'handler.ts': 'export const handler = () => { process.exit(1); };' });
  const { pool, log } = poolOfCode(code);
  await pool.open();
  await expect(pool.invoke({}, contextOf())).rejects.toThrow('exited');
  code.write('handler.ts', 'no code');
  await expect(pool.invoke({}, contextOf())).rejects.toMatchObject({ name: 'NotStartedError' });
  expect(log).toEqual(['stuck']);
});

test('an invocation whose code did not load gets the code that was loaded meanwhile', async () => {
  const code = codeOf({ 'handler.ts': handlerOf('v1 ') });
  const { promise: broken, reject } = Promise.withResolvers<Sandbox>();
  const starts = [() => sandboxOf(code), () => broken, () => sandboxOf(code)];
  const { pool, log } = poolOf(() => (starts.shift() as () => Promise<Sandbox>)());
  await pool.open();
  const first = pool.invoke({ waitMs: 50 }, contextOf());
  const second = pool.invoke({}, contextOf());
  await pool.reload();
  reject(new Error('broken'));
  expect(await Promise.all([first, second])).toEqual(['v1 1', 'v1 1']);
  expect(log).toEqual(['reloaded']);
});

test('a sandbox that ends between two invocations is replaced', async () => {
  const code = codeOf({
    'handler.ts': `import { writeFileSync } from 'node:fs';
      process.on('exit', () => writeFileSync(new URL('ended', import.meta.url), ''));
      export const handler = () => void setTimeout(() => process.exit(1), 5);`,
  });
  const { pool, started } = poolOfCode(code);
  await pool.open();
  await pool.invoke({}, contextOf());
  await eventually(() => expect(existsSync(code.path('ended'))).toBe(true));
  // Until its end is known here, it may still be asked.
  await eventually(() => pool.invoke({}, contextOf()));
  expect(started()).toBe(2);
});

test('log entries about failed records come before the response', async () => {
  const { pool, log } = poolOfCode(codeOf({ 'handler.ts': handlerOf('v1 ') }));
  await pool.open();
  await pool.invoke({ log: '1' }, contextOf());
  await expect(pool.invoke({ log: '2', fail: true }, contextOf())).rejects.toThrow('no');
  expect(log).toEqual(['failed 1', 'failed 2']);
});

test('code that does not load at first is an error', async () => {
  const { pool } = poolOfCode(codeOf({ 'handler.ts': '' }));
  await expect(pool.open()).rejects.toMatchObject({ exitCode: 2 });
});

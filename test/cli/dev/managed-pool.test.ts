import type { Context } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { ManagedPool } from '../../../src/cli/dev/managed-pool.ts';
import { lambdaContext } from '../../../src/local/handler/lambda-context.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { type Code, codeOf } from './code.ts';
import { poolParts, sandboxOf } from './pool-parts.ts';

const contextOf = (requestId = 'r', timeoutMs = 10_000): Context =>
  lambdaContext({ functionName: 'f', functionArn: 'arn:f', memoryLimitInMB: 128, timeoutMs }, requestId);

function poolOf(code: Code, settings: { readonly workers?: number; readonly maxConcurrency?: number } = {}) {
  const env = { ...process.env, AWS_LAMBDA_MAX_CONCURRENCY: '64' };
  const { log, started, options } = poolParts(() => sandboxOf(code, { env }));
  const pool = new ManagedPool({
    ...options,
    onFewerThreads: (running, workers, error) =>
      void log.push(`${running} of ${workers} threads: ${(error as Error).message}`),
    workers: 2,
    maxConcurrency: 64,
    ...settings,
  });
  onTestFinished(() => pool.close());
  return { pool, log, started };
}

/** Says in which thread it ran, the most invocations beside it, and the request id that AWS's packages read. */
const handlerOf = (version: string) => `
  import { channel } from 'node:diagnostics_channel';
  import { threadId } from 'node:worker_threads';
  const failures = channel('streamlane:record-failed');
  let atOnce = 0;
  export const handler = async ({ waitMs = 50, log, fail }: any, context: any) => {
    let most = ++atOnce;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    most = Math.max(most, atOnce);
    if (log) failures.publish({ sequenceNumber: log, outcome: 'failed', error: new Error('no') });
    atOnce--;
    if (fail) throw new Error('no');
    const requestId = (globalThis as any).awslambda.InvokeStore.getRequestId();
    return { version: '${version}', threadId, most, isOwn: requestId === context.awsRequestId };
  };`;

interface Answer {
  readonly version: string;
  readonly threadId: number;
  readonly most: number;
  readonly isOwn: boolean;
}

test('invocations overlap in each of a few threads, with their own request ids', async () => {
  const { pool, started } = poolOf(codeOf({ 'handler.ts': handlerOf('v1') }));
  await pool.open();

  const answers = (await Promise.all(
    Array.from({ length: 20 }, (_, index) => pool.invoke({}, contextOf(`request-${index}`))),
  )) as Answer[];

  expect(started()).toBe(2);
  expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(2);
  expect(Math.max(...answers.map(({ most }) => most))).toBe(10);
  expect(answers.filter(({ isOwn }) => !isOwn)).toEqual([]);
});

test('more than the most at once are throttled', async () => {
  const { pool } = poolOf(codeOf({ 'handler.ts': handlerOf('v1') }), { workers: 1, maxConcurrency: 2 });
  await pool.open();
  const running = [1, 2].map(() => pool.invoke({}, contextOf()));
  await expect(pool.invoke({}, contextOf())).rejects.toMatchObject({
    name: 'NotStartedError',
    message: '2 invocations run at once, and --max-concurrency allows no more.',
  });
  await Promise.all(running);
  expect(await pool.invoke({}, contextOf())).toMatchObject({ version: 'v1' });
});

test('an invocation past its timeout is not stopped, and the others go on', async () => {
  const { pool } = poolOf(codeOf({ 'handler.ts': handlerOf('v1') }), { workers: 1 });
  await pool.open();
  const late = pool.invoke({ waitMs: 200 }, contextOf('late', 20));
  const other = pool.invoke({ waitMs: 300 }, contextOf('other'));
  expect(await late).toMatchObject({ version: 'v1' });
  expect(await other).toMatchObject({ version: 'v1' });
});

test('each gives the failures of its own records, also when it throws', async () => {
  const { pool, log } = poolOf(codeOf({ 'handler.ts': handlerOf('v1') }), { workers: 1 });
  await pool.open();
  const ends = await Promise.allSettled([
    pool.invoke({ log: '1', waitMs: 20 }, contextOf()),
    pool.invoke({ log: '2', fail: true, waitMs: 100 }, contextOf()),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(log).toEqual(['failed 1', 'failed 2']);
});

test('changed code gets the next invocation, and what runs on the old code ends there', async () => {
  const code = codeOf({ 'handler.ts': handlerOf('v1') });
  const { pool, log, started } = poolOf(code);
  await pool.open();
  const old = pool.invoke({ waitMs: 400 }, contextOf());
  code.write('handler.ts', handlerOf('v2'));
  await Promise.all([pool.reload(), pool.reload()]);
  expect(await pool.invoke({}, contextOf())).toMatchObject({ version: 'v2' });
  expect(await old).toMatchObject({ version: 'v1' });
  code.write('handler.ts', 'export const handler = (;');
  await pool.reload();
  expect(await pool.invoke({}, contextOf())).toMatchObject({ version: 'v2' });
  expect(log).toEqual(['reloaded', 'reloaded', expect.stringMatching(/^not loaded: /)]);
  expect(started()).toBe(2 + 2 + 2 + 1);
});

test('changed code that only the first thread can load is in use, and that is said; the next reload starts all', async () => {
  const code = codeOf({ 'handler.ts': handlerOf('v1') });
  const { pool, log, started } = poolOf(code, { workers: 3 });
  await pool.open();
  const once = `import { mkdirSync } from 'node:fs'; mkdirSync(new URL('loaded', import.meta.url));`;
  code.write('handler.ts', `${once}${handlerOf('v2')}`);
  await pool.reload();
  expect(log).toEqual(['reloaded', expect.stringMatching(/^1 of 3 threads: .*EEXIST/)]);
  const answers = await Promise.all([1, 2, 3].map(() => pool.invoke({}, contextOf())));
  expect(answers.map((answer) => (answer as Answer).version)).toEqual(['v2', 'v2', 'v2']);
  code.write('handler.ts', handlerOf('v3'));
  await pool.reload();
  const all = (await Promise.all([1, 2, 3].map(() => pool.invoke({}, contextOf())))) as Answer[];
  expect(new Set(all.map(({ version, threadId }) => `${version} ${threadId}`)).size).toBe(3);
  expect(started()).toBe(9);
});

test('if one thread cannot load the code at first, that is an error', async () => {
  const once = `import { mkdirSync } from 'node:fs'; mkdirSync(new URL('loaded', import.meta.url));`;
  const { pool } = poolOf(codeOf({ 'handler.ts': `${once}${handlerOf('v1')}` }));
  await expect(pool.open()).rejects.toThrow('EEXIST');
});

test('invocations that come after the threads have ended share one new thread', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = ({ end }: any) => (end ? process.exit(1) : 'done');`,
  });
  const { pool, started } = poolOf(code);
  await pool.open();
  await Promise.allSettled([1, 2].map(() => pool.invoke({ end: true }, contextOf())));
  await eventually(async () => {
    expect(await Promise.all([1, 2, 3, 4].map(() => pool.invoke({}, contextOf())))).toEqual(
      Array(4).fill('done'),
    );
  });
  expect(started()).toBe(2 + 1);
});

test('a thread that ends takes its invocations with it, and another one takes the next', async () => {
  const code = codeOf({
    'handler.ts': `export const handler = async ({ waitMs, end }: any) => {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (end) process.exit(1);
      return 'done';
    };`,
  });
  const { pool, log } = poolOf(code, { workers: 1 });
  await pool.open();
  const ends = await Promise.allSettled([
    pool.invoke({ end: true, waitMs: 20 }, contextOf()),
    pool.invoke({ waitMs: 5000 }, contextOf()),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await pool.invoke({ waitMs: 1 }, contextOf())).toBe('done');
  await Promise.allSettled([pool.invoke({ end: true, waitMs: 1 }, contextOf())]);
  code.write('handler.ts', 'no code');
  await eventually(() =>
    expect(pool.invoke({ waitMs: 1 }, contextOf())).rejects.toMatchObject({ name: 'NotStartedError' }),
  );
  expect(log).toContain('stuck');
});

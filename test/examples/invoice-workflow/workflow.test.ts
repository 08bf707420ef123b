import { describe, expect, test } from 'vitest';
import { startEmulators } from '../../../src/emulators/start-emulators.ts';
import { isGone, isReachable } from '../reachability.ts';
import { type RunningExample, runExample, withoutDynoxide } from '../run-example.ts';

const endpoints = /DynamoDB at (http:\/\/127\.0\.0\.1:\d+), SNS and SQS at (http:\/\/127\.0\.0\.1:\d+)/;

/** The number in a row of the table. */
function row(stdout: string, name: string): number {
  const [, number] = new RegExp(`^  ${name} +([\\d,]+)  `, 'm').exec(stdout) ?? [];
  if (number === undefined) throw new Error(`no row "${name}" in:\n${stdout}`);
  return Number(number.replaceAll(',', ''));
}

async function urlsOf(example: RunningExample): Promise<string[]> {
  return [...(await example.seen(endpoints))].slice(1);
}

test('every change arrives once the outage is over, in order, and the servers are stopped', async () => {
  const example = runExample('invoice-workflow');
  const urls = await urlsOf(example);
  const { code, stdout, stderr } = await example.ended();

  expect(stderr).toMatch(/^(written \d+ {2}delivered .+\n)+$/);
  expect(row(stdout, 'written')).toBeGreaterThan(600);
  expect(row(stdout, 'delivered')).toBe(row(stdout, 'written'));
  expect(row(stdout, 'redelivered')).toBeGreaterThan(0);
  // Each announcement that the outage hits is refused four times.
  expect(stdout).toMatch(/after 36 refused announcements/);
  expect(row(stdout, 'dead letters')).toBeGreaterThan(5);
  expect(stdout).toContain(`unknown until the fix; ${row(stdout, 'dead letters')} replayed after it`);
  expect(row(stdout, 'received')).toBeGreaterThan(500);
  expect(row(stdout, 'published')).toBeGreaterThanOrEqual(row(stdout, 'received'));
  expect(row(stdout, 'receipts')).toBeGreaterThan(100);
  expect(row(stdout, 'received twice')).toBe(0);
  expect(row(stdout, 'order violations')).toBe(0);
  expect(row(stdout, 'lost')).toBe(0);
  expect(code).toBe(0);
  for (const url of urls) expect(await isGone(url)).toBe(true);
}, 60_000);

test('an outage that outlasts the retries loses changes, and the exit code says so', async () => {
  const args = ['--invoices', '60', '--failures', '1000'];
  const { code, stdout } = await runExample('invoice-workflow', { args }).ended();

  expect(row(stdout, 'lost')).toBeGreaterThan(0);
  expect(row(stdout, 'order violations')).toBe(0);
  expect(code).toBe(1);
}, 60_000);

describe('no server outlives the demo', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s',
    async (signal) => {
      const example = runExample('invoice-workflow', { args: ['--invoices', '5000'] });
      const urls = await urlsOf(example);
      await example.seen(/written \d+/);
      example.process.kill(signal);

      expect(await example.ended()).toMatchObject({ code: null, signal });
      for (const url of urls) expect(await isGone(url)).toBe(true);
    },
    60_000,
  );
});

test('servers that the environment names are used, and left running', async () => {
  const servers = await startEmulators({ env: {} });
  try {
    const { code, stdout } = await runExample('invoice-workflow', {
      args: ['--invoices', '20'],
      env: servers.environment,
    }).ended();

    expect(stdout).toContain(servers.description);
    expect(row(stdout, 'lost')).toBe(0);
    expect(code).toBe(0);
    expect(await isReachable(servers.environment.AWS_ENDPOINT_URL_DYNAMODB)).toBe(true);
    expect(await isReachable(servers.environment.AWS_ENDPOINT_URL_SQS)).toBe(true);
  } finally {
    await servers.stop();
  }
}, 60_000);

test('on a platform without Dynoxide it says what to do', async () => {
  const { code, stdout, stderr } = await runExample('invoice-workflow', {
    nodeArgs: withoutDynoxide,
  }).ended();

  expect(stdout).toBe('');
  expect(stderr).toContain('Dynoxide, a DynamoDB server with streams, is not installed for sunos-');
  expect(stderr).toContain('npm install --save-dev dynoxide');
  expect(stderr).toContain('the variable AWS_ENDPOINT_URL');
  expect(code).toBe(1);
});

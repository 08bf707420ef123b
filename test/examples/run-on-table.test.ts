import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { isGone, isReachable } from './reachability.ts';
import { handled, runExample, withoutDynoxide } from './run-example.ts';

describe.each(['echo-log', 'insert-only-audit', 'derived-attribute', 'bark-table', 'single-table'])(
  '%s',
  (name) => {
    test('leaves no server behind', async () => {
      const example = runExample(name);
      const [, url] = await example.seen(/^DynamoDB at (http:\/\/127\.0\.0\.1:\d+)$/m);

      expect(await example.ended()).toMatchObject({ code: 0 });
      expect(await isGone(url)).toBe(true);
    });

    test('says what to do on a platform without Dynoxide', async () => {
      const { code, stderr } = await runExample(name, { nodeArgs: withoutDynoxide }).ended();

      expect(stderr).toContain('Dynoxide, a DynamoDB server with streams, is not installed for sunos-');
      expect(stderr).toContain('npm install --save-dev dynoxide');
      expect(code).toBe(1);
    });
  },
);

test('servers that the environment names are used, and left as they were', async () => {
  await using servers = await startEmulators({ env: {} });
  const { code, stdout } = await runExample('echo-log', { env: servers.environment }).ended();

  expect(stdout).toContain(`DynamoDB at ${servers.dynamodb.endpoint}\n`);
  expect(handled(stdout)).toHaveLength(3);
  expect(code).toBe(0);
  expect(await isReachable(servers.dynamodb.endpoint)).toBe(true);
  const { TableNames } = await new DynamoDBClient(servers.dynamodb).send(new ListTablesCommand({}));
  expect(TableNames).toEqual([]);
});

test('a record of a function that keeps failing is discarded after two retries, and the exit code says so', async () => {
  const noTopic =
    'const log=console.log;console.log=(text)=>{if(text.includes("Jane"))throw new Error("no topic");log(text)}';
  const { code, stdout } = await runExample('bark-table', {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(noTopic)}`],
  }).ended();

  expect(stdout.match(/^INSERT: failed/gm)).toHaveLength(3);
  expect(handled(stdout)).toEqual(['MODIFY', 'REMOVE']);
  expect(code).toBe(1);
});

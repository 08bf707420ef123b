import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeAws, fakeAws } from '../../doctor/fake-aws/server.ts';
import { healthy, REGION } from '../../doctor/fake-aws/world.ts';
import type { CommandEnd } from '../running-command.ts';
import { spawned } from '../spawned.ts';

let aws: FakeAws;
beforeAll(async () => {
  aws = await fakeAws(healthy());
});
beforeEach(() => {
  aws.world = healthy();
  // Its end is not known, so it is not judged by the date of today.
  Object.assign(aws.world.functions['on-invoice']?.configuration as object, { Runtime: 'nodejs99.x' });
});
afterAll(() => aws[Symbol.asyncDispose]());

const ARGS = ['doctor', '--function', 'on-invoice', '--region', REGION];

function doctor(nodeArgs: readonly string[], ...args: readonly string[]): Promise<CommandEnd> {
  return spawned([...ARGS, '--endpoint', aws.endpoint, ...args], { nodeArgs }).ended();
}

/** Node arguments under which a package is not installed. */
function without(name: string): readonly string[] {
  const hook =
    `import{registerHooks}from"node:module";registerHooks({resolve(name,context,next){` +
    `if(name==="${name}")throw Object.assign(new Error(name),{code:"ERR_MODULE_NOT_FOUND"});return next(name,context)}})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
}

test('as a process, it prints a report and ends with 0', async () => {
  const { code, stdout, stderr } = await doctor([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('on-invoice (1 mapping): 0 errors, 0 warnings, 0 notes; ');
  expect(aws.problems).toEqual([]);
});

test('as a process, it ends with 1 where there is an error', async () => {
  Object.assign(aws.world.mappings[0] as object, { State: 'Disabled' });
  const { code, stdout } = await doctor([]);
  expect({ code, stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^error {5}MAPPING_NOT_ENABLED\n/),
  });
});

test('it finds AWS by the variables of the SDK', async () => {
  const env = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: REGION,
  };
  const { code, stdout } = await spawned(['doctor', '--function', 'on-invoice', '--json'], { env }).ended();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ function: 'on-invoice', findings: [] });
});

test.each([
  ['@aws-sdk/client-iam', ['PERMISSION_MISSING']],
  ['@aws-sdk/client-cloudwatch', ['LAG_HIGH', 'NO_LAG_ALARM', 'TIMEOUT_TOO_SHORT']],
  ['@aws-sdk/client-sqs', ['DESTINATION_MISSING', 'QUEUE_NOT_EMPTY', 'QUEUE_RETENTION_SHORT']],
  ['@aws-sdk/client-dynamodb', ['STREAM_NOT_ENABLED', 'STREAM_REPLACED']],
])('without %s, its checks are skipped, with the line that installs it', async (name, checks) => {
  const { code, stdout, stderr } = await doctor(without(name), '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { notChecked } = JSON.parse(stdout) as {
    readonly notChecked: readonly { readonly notChecked: readonly string[]; readonly reason: string }[];
  };
  const missing = notChecked.filter(({ reason }) => reason.includes(name));
  expect(missing.flatMap((one) => one.notChecked).sort()).toEqual(checks);
  expect(new Set(missing.map(({ reason }) => reason))).toEqual(
    new Set([
      `This check needs ${name}, which is not installed. Install it with: npm install --save-dev ${name}`,
    ]),
  );
});

test('without the client of Lambda nothing can be checked', async () => {
  const { code, stdout, stderr } = await doctor(without('@aws-sdk/client-lambda'));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    'error: This check needs @aws-sdk/client-lambda, which is not installed. Install it with: npm install --save-dev @aws-sdk/client-lambda\n',
  );
});

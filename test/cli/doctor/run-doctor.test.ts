import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { FINDINGS } from '../../../src/doctor/finding.ts';
import { type FakeAws, fakeAws } from '../../doctor/fake-aws/server.ts';
import { FUNCTION_ARN, healthy, QUEUE_ARN, REGION, UUID } from '../../doctor/fake-aws/world.ts';
import { inProcess } from '../in-process.ts';
import type { CommandEnd } from '../running-command.ts';
import { withProfiles } from '../with-profiles.ts';

let aws: FakeAws;
beforeAll(async () => {
  // Before the runtime of the healthy deployment ends.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-01T12:00:00Z') });
  aws = await fakeAws(healthy());
});
beforeEach(() => {
  aws.world = healthy();
  aws.faults.clear();
  aws.calls.length = 0;
});
afterAll(async () => {
  vi.useRealTimers();
  await aws[Symbol.asyncDispose]();
});

const FOLDER = mkdtempSync(join(tmpdir(), 'streamlane-doctor-'));

/** A router that fits the healthy deployment. It is in no module of src: the command loads it with Node. */
const ROUTER = join(FOLDER, 'handler.mjs#router');
writeFileSync(
  join(FOLDER, 'handler.mjs'),
  `import { streamRouter } from '${new URL('../../../dist/index.js', import.meta.url).href}';
export const router = streamRouter({ logger: false }).onInsert(async () => {});`,
);

function doctor(...args: readonly string[]): Promise<CommandEnd> {
  return inProcess(['doctor', ...args, '--endpoint', aws.endpoint, '--region', REGION]).ended();
}

describe('streamlane doctor', () => {
  test('says in one line that all is well', async () => {
    const { code, stdout, stderr } = await doctor('--function', 'on-invoice', '--router', ROUTER);
    expect({ code, stdout, stderr }).toEqual({
      code: EXIT.ok,
      stdout: 'on-invoice (1 mapping): 0 errors, 0 warnings, 0 notes.\n',
      stderr: '',
    });
    expect(aws.problems).toEqual([]);
  });

  test('prints the worst first, in 80 columns, and ends with 1', async () => {
    Object.assign(aws.world.mappings[0] as object, {
      MaximumRecordAgeInSeconds: -1,
      FunctionResponseTypes: [],
      State: 'Disabled',
    });
    aws.faults.set('GetQueueAttributes', { status: 403, code: 'AccessDenied' });
    const { code, stdout } = await doctor('--function', 'on-invoice');
    expect(stdout).toMatchInlineSnapshot(`
      "error     MAPPING_NOT_ENABLED
        in      Invoices (a1b2c3d4)
        is      The mapping is in the state Disabled (User action).
        should  Enabled
        why     The function gets no records. Records that leave the stream after 24
                hours are lost.
        do      aws lambda update-event-source-mapping \\
                --uuid a1b2c3d4-5678-90ab-cdef-11111example --enabled
        see     docs/doctor.md#mapping_not_enabled

      warning   PARTIAL_RESPONSES_OFF
        in      Invoices (a1b2c3d4)
        is      FunctionResponseTypes is empty.
        should  FunctionResponseTypes: [ReportBatchItemFailures]
        why     Lambda ignores failures that the handler reports, so these records are
                lost. If the handler throws, Lambda delivers the whole batch again.
        do      aws lambda update-event-source-mapping \\
                --uuid a1b2c3d4-5678-90ab-cdef-11111example \\
                --function-response-types ReportBatchItemFailures
        see     docs/doctor.md#partial_responses_off

      warning   RETRIES_UNBOUNDED
        in      Invoices (a1b2c3d4)
        is      MaximumRetryAttempts and MaximumRecordAgeInSeconds are -1: unlimited.
        should  MaximumRecordAgeInSeconds: 43200, with a destination
        why     A record that always fails blocks its shard until it leaves the stream
                after 24 hours. Then it is lost, and the records after it may be lost
                too.
        do      aws lambda update-event-source-mapping \\
                --uuid a1b2c3d4-5678-90ab-cdef-11111example \\
                --maximum-record-age-in-seconds 43200
        see     docs/doctor.md#retries_unbounded

      not checked only with the code: --router <module#export>
                PARTIAL_RESPONSES_UNUSED, FILTER_DROPS_ROUTE, VIEW_TYPE_TOO_POOR,
                KEYS_DIFFER, TIMEOUT_WITHIN_RESERVE, PARALLEL_WITHOUT_ORDER,
                OPTION_DIFFERS, CALLBACK_HANDLER, VARIABLE_NOT_SET

      not checked AWS refuses sqs:GetQueueAttributes
                DESTINATION_MISSING, QUEUE_RETENTION_SHORT, QUEUE_NOT_EMPTY

      on-invoice (1 mapping): 1 error, 2 warnings, 0 notes; 12 checks not made.
      "
    `);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(code).toBe(EXIT.failed);
  });

  test('--json is one line with findings, skipped checks, and counts', async () => {
    Object.assign(aws.world.mappings[0] as object, { MaximumRecordAgeInSeconds: -1 });
    aws.faults.set('GetQueueAttributes', { status: 403, code: 'AccessDenied' });
    const { code, stdout } = await doctor('--function', 'on-invoice', '--json');
    expect(code).toBe(EXIT.ok);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({
      function: 'on-invoice',
      mappings: [{ uuid: UUID, functionArn: FUNCTION_ARN, streamArn: expect.stringContaining('/stream/') }],
      summary: { errors: 0, warnings: 1, notes: 0, notChecked: 12 },
      findings: [
        {
          code: 'RETRIES_UNBOUNDED',
          severity: 'warning',
          subject: 'Invoices (a1b2c3d4)',
          is: expect.any(String),
          should: expect.any(String),
          why: expect.any(String),
          remedy: expect.stringContaining(UUID),
          page: 'docs/doctor.md#retries_unbounded',
        },
      ],
      notChecked: [
        {
          notChecked: expect.arrayContaining(['FILTER_DROPS_ROUTE']),
          subject: 'on-invoice',
          reason: 'only with the code: --router <module#export>',
        },
        {
          notChecked: ['DESTINATION_MISSING', 'QUEUE_RETENTION_SHORT', 'QUEUE_NOT_EMPTY'],
          subject: 'Invoices (a1b2c3d4)',
          reason: 'AWS refuses sqs:GetQueueAttributes',
        },
      ],
    });
  });

  test.each([
    ['on-invoice'],
    ['on-invoice:$LATEST'],
    [FUNCTION_ARN],
    [`${FUNCTION_ARN}:$LATEST`],
    ['111122223333:function:on-invoice'],
  ])('takes %s for the function', async (name) => {
    const { code, stdout } = await doctor('--function', name);
    expect({ code, stdout }).toMatchObject({ code: EXIT.ok, stdout: expect.stringContaining('0 errors') });
  });

  test.each([
    [
      '222233334444:function:on-invoice',
      /names the account 222233334444, and the credentials are of the account 111122223333/,
    ],
    [FUNCTION_ARN.replace('111122223333', '222233334444'), /Choose a profile of 222233334444\./],
    [
      FUNCTION_ARN.replace(REGION, 'us-east-1'),
      /^error: --function names a function in us-east-1, and --region is/,
    ],
  ])('does not check the namesake of %s', async (name, message) => {
    const { code, stdout, stderr } = await doctor('--function', name);
    expect(stderr).toMatch(message);
    expect({ isOk: code === EXIT.ok, stdout }).toEqual({ isOk: false, stdout: '' });
  });

  test('does not check a function whose account AWS does not show', async () => {
    aws.faults.set('GetFunctionConfiguration', { status: 403, code: 'AccessDeniedException' });
    const { code, stderr } = await doctor('--function', FUNCTION_ARN);
    expect(stderr).toMatch(/AWS refuses lambda:GetFunctionConfiguration, so nothing says of which account/);
    expect(code).toBe(EXIT.failed);
  });

  test('with nothing readable it is not fine: exit code 1, and every check is reported as not made', async () => {
    for (const call of ['ListEventSourceMappings', 'GetFunctionConfiguration']) {
      aws.faults.set(call, { status: 403, code: 'AccessDeniedException' });
    }
    const { code, stdout } = await doctor('--function', 'on-invoice');
    expect(code).toBe(EXIT.failed);
    expect(stdout).toContain('not checked AWS refuses lambda:ListEventSourceMappings');
    for (const finding of Object.keys(FINDINGS)) {
      const needsNoMapping = /^(?:CONCURRENCY_|NO_LAG_ALARM|LAG_HIGH)/.test(finding);
      expect({ finding, isNamed: stdout.includes(finding) }).toEqual({ finding, isNamed: !needsNoMapping });
    }
    expect(stdout).toContain('on-invoice (mappings not read): 0 errors, 0 warnings, 0 notes;');
    const { stdout: json } = await doctor('--function', 'on-invoice', '--json');
    expect(JSON.parse(json)).not.toHaveProperty('mappings');
  });

  test('with no mapping in a list that is not complete it is not fine: exit code 1', async () => {
    aws.world.mappings.splice(0);
    aws.faults.set('ListEventSourceMappings', {
      status: 403,
      code: 'AccessDeniedException',
      when: ({ FunctionName }) => FunctionName === undefined,
    });
    const { code, stdout } = await doctor('--function', 'on-invoice');
    expect(code).toBe(EXIT.failed);
    expect(stdout).toContain('on-invoice (0 mappings): 0 errors');
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['--profile', ['--profile', 'empty'], {}],
    ['AWS_PROFILE', [], { AWS_PROFILE: 'empty' }],
  ])('names the profile of %s that has no credentials', async (_what, flags, env) => {
    const args = ['doctor', '--function', 'on-invoice', '--region', REGION, ...flags];
    const { code, stderr } = await inProcess(args, {
      env: { AWS_EC2_METADATA_DISABLED: 'true', ...withProfiles('empty'), ...env },
    }).ended();
    expect(stderr).toMatch(/^error: The profile empty has no credentials that can be used\./);
    expect(code).toBe(EXIT.failed);
  });

  test('another export that throws when it is read does not end the check', async () => {
    const module = join(FOLDER, 'proxy.mjs');
    writeFileSync(
      module,
      `export { router } from './handler.mjs';
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
export const other = proxy;
export const odd = { get '~target'() { throw new Error('odd'); } };`,
    );
    const { code, stdout } = await doctor('--function', 'on-invoice', '--router', `${module}#router`);
    expect({ code, stdout }).toEqual({
      code: EXIT.ok,
      stdout: 'on-invoice (1 mapping): 0 errors, 0 warnings, 0 notes.\n',
    });
  });

  test('an export that throws when it is read is named', async () => {
    const module = join(FOLDER, 'trap.mjs');
    writeFileSync(
      module,
      `export const router = new Proxy(() => {}, { get(_target, name) { throw new Error('trap ' + String(name)); } });`,
    );
    const { code, stderr } = await doctor('--function', 'on-invoice', '--router', `${module}#router`);
    expect(stderr).toMatch(/^error: \S+trap\.mjs#router cannot be read: Error: trap /);
    expect(code).toBe(EXIT.failed);
  });

  test('a router that no mapping can be derived from keeps its own error', async () => {
    const module = join(FOLDER, 'audit.mjs');
    writeFileSync(
      module,
      `import { streamRouter } from '${new URL('../../../dist/index.js', import.meta.url).href}';
import { auditTrail } from '${new URL('../../../dist/audit/index.js', import.meta.url).href}';
export const router = streamRouter({ logger: false }).use(auditTrail({ target: 'queue', send: async () => {} }), { needs: 'routed' });`,
    );
    const { stderr } = await doctor('--function', 'on-invoice', '--router', `${module}#router`);
    expect(stderr).toMatch(/^error: .*needs/);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a function that is not there',
      ['--function', 'on-receipt'],
      /^error: There is no function on-receipt here\./,
    ],
    ['no function', [], /^error: --function is needed/],
    ['a name with a space', ['--function', 'on invoice'], /^error: --function has to be the name or the ARN/],
    [
      'a module that is not there',
      ['--function', 'on-invoice', '--router', 'no-such.ts#router'],
      /^error: There is no file no-such\.ts/,
    ],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await doctor(...args);
    expect(stderr).toMatch(message);
    expect({ code: code === EXIT.ok, stdout }).toEqual({ code: false, stdout: '' });
  });

  test('refuses an export that is neither router nor mapping', async () => {
    const module = join(FOLDER, 'text.mjs');
    writeFileSync(module, 'export const router = 1;');
    const { code, stderr } = await doctor('--function', 'on-invoice', '--router', `${module}#router`);
    expect(stderr).toContain('is neither a router nor a mapping');
    expect(code).toBe(EXIT.usage);
  });

  test('of the exports of a module, an error suggests those with routes', async () => {
    const module = join(FOLDER, 'exports.mjs');
    writeFileSync(
      module,
      `export { router } from './handler.mjs';
      export const toMessage = () => {};
      export const publish = async () => {};`,
    );
    const { code, stderr } = await doctor('--function', 'on-invoice', '--router', module);
    expect(stderr).toMatch(
      /^error: \S+exports\.mjs has no export handler\. It exports router: use \S+exports\.mjs#router\.\n$/,
    );
    expect(code).toBe(EXIT.usage);
  });

  test.each([
    ['an endpoint that is not a URL', ['--endpoint', 'localhost'], /^error: --endpoint has to be a URL/],
    ['a server that does not answer', ['--endpoint', 'http://127.0.0.1:1'], /^error: No server answers/],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await inProcess([
      'doctor',
      '--function',
      'on-invoice',
      '--region',
      REGION,
      ...args,
    ]).ended();
    expect(stderr).toMatch(message);
    expect(code).not.toBe(EXIT.ok);
  });

  test('says that credentials are refused, once', async () => {
    aws.faults.set('GetFunctionConfiguration', { status: 403, code: 'UnrecognizedClientException' });
    const { code, stderr } = await doctor('--function', 'on-invoice');
    expect(stderr).toMatch(/^error: AWS refuses the call/);
    expect(code).toBe(EXIT.failed);
  });

  test('a long reason is wrapped', async () => {
    aws.world.forbidden.push('sqs:SendMessage');
    Object.assign(aws.world.queues[QUEUE_ARN] as object, { Policy: '{}' });
    const { stdout } = await doctor('--function', 'on-invoice');
    expect(stdout).toContain(
      `not checked the policy of ${QUEUE_ARN} itself\n            may allow sqs:SendMessage\n          PERMISSION_MISSING\n`,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('--policy prints what it may call, and calls nothing', async () => {
    const { code, stdout } = await inProcess(['doctor', '--policy']).ended();
    expect(code).toBe(EXIT.ok);
    const { Version, Statement } = JSON.parse(stdout) as {
      Version: string;
      Statement: readonly { readonly Effect: string; readonly Action: readonly string[] }[];
    };
    expect({ Version, effects: new Set(Statement.map(({ Effect }) => Effect)) }).toEqual({
      Version: '2012-10-17',
      effects: new Set(['Allow']),
    });
    for (const action of Statement.flatMap(({ Action }) => Action)) {
      expect(action).toMatch(/^\w+:(?:Get|List|Describe|Simulate)[A-Z]\w+$/);
    }
    expect(aws.calls).toEqual([]);
  });
});

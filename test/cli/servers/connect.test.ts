import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import type { ConnectionFlags } from '../../../src/cli/flags/connection-options.ts';
import { connect } from '../../../src/cli/servers/connect.ts';
import { announceServers, runningServers } from '../../../src/cli/servers/running-servers.ts';
import { freePort } from '../../../src/emulators/free-port.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { contextFor } from '../context.ts';
import { inProcess } from '../in-process.ts';
import { spawned, withoutEmulators } from '../spawned.ts';
import { withProfiles } from '../with-profiles.ts';

const NAMED = 'http://127.0.0.1:8000';
const OTHER = 'http://127.0.0.1:9000';
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };
const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const OWN = { accessKeyId: 'id', secretAccessKey: 'secret' };

let aws: Emulators;

beforeAll(async () => {
  aws = await emulatedServers();
});

afterAll(() => aws.stop());

/** A place for what runs that is empty. */
const nothingRuns = (): { XDG_CACHE_HOME: string } => ({
  XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'streamlane-connect-')),
});

const PROFILES = withProfiles('dev', 'prod');

describe('where a command finds its services', () => {
  test.each<[string, ConnectionFlags, Record<string, string>, object]>([
    [
      '--endpoint: one server for all',
      { endpoint: NAMED },
      {},
      { endpoint: NAMED, region: 'us-east-1', credentials: LOCAL },
    ],
    [
      '--endpoint, before the environment',
      { endpoint: NAMED },
      { AWS_ENDPOINT_URL: OTHER },
      { endpoint: NAMED },
    ],
    ['--region', { endpoint: NAMED, region: 'eu-west-1' }, { AWS_REGION: 'x' }, { region: 'eu-west-1' }],
    [
      'the region of the environment',
      { endpoint: NAMED },
      { AWS_REGION: 'eu-west-2' },
      { region: 'eu-west-2' },
    ],
    ['credentials of the environment', { endpoint: NAMED }, KEYS, { endpoint: NAMED, credentials: OWN }],
    [
      'a session of the environment',
      { endpoint: NAMED },
      { ...KEYS, AWS_SESSION_TOKEN: 'token' },
      { credentials: { ...OWN, sessionToken: 'token' } },
    ],
    ['AWS_ENDPOINT_URL', {}, { AWS_ENDPOINT_URL: NAMED }, { endpoint: NAMED }],
    ['AWS_ENDPOINT_URL_DYNAMODB', {}, { AWS_ENDPOINT_URL_DYNAMODB: NAMED }, { endpoint: NAMED }],
  ])('%s', async (_name, flags, env, settings) => {
    const { context, stderr } = contextFor(env);
    const connection = await connect(context, flags);
    expect(connection).toMatchObject({ kind: 'named', dynamodb: settings, streams: settings });
    expect(connection.environment.AWS_ENDPOINT_URL_DYNAMODB).toBe(NAMED);
    expect(stderr()).toBe(''); // it was asked for by name
    await connection[Symbol.asyncDispose]();
  });

  test('a profile with an endpoint: the SDK finds the credentials', async () => {
    const { context } = contextFor(KEYS);
    const { dynamodb, environment } = await connect(context, { endpoint: NAMED, profile: 'dev' });
    expect(dynamodb).toEqual({ endpoint: NAMED, region: 'us-east-1', profile: 'dev' });
    expect(environment.AWS_PROFILE).toBe('dev');
  });

  test('topics and queues of a server that is not named are left to the SDK', async () => {
    const { context } = contextFor({ AWS_ENDPOINT_URL_DYNAMODB: NAMED });
    const { sqs, environment } = await connect(context, {});
    expect(sqs).not.toHaveProperty('endpoint');
    expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL_SNS');
  });

  test.each<[string, ConnectionFlags, Record<string, string>, object, string]>([
    ['--profile', { profile: 'dev' }, KEYS, { profile: 'dev' }, 'AWS, profile dev'],
    [
      '--profile, before endpoints of the environment',
      { profile: 'dev' },
      { AWS_ENDPOINT_URL: NAMED },
      { profile: 'dev' },
      'AWS, profile dev',
    ],
    [
      'AWS_PROFILE',
      {},
      { AWS_PROFILE: 'prod', AWS_REGION: 'eu-west-1' },
      {},
      'AWS, region eu-west-1, profile prod',
    ],
    [
      'keys',
      { region: 'eu-west-1' },
      KEYS,
      { region: 'eu-west-1', credentials: OWN },
      'AWS, region eu-west-1',
    ],
  ])('%s: AWS, and it says so', async (_name, flags, env, settings, description) => {
    const { context, stderr } = contextFor({ ...nothingRuns(), ...PROFILES, ...env });
    await using connection = await connect(context, flags);
    expect(connection.kind).toBe('aws');
    expect(connection.dynamodb).toEqual(settings);
    expect(connection.environment).toEqual({
      ...(flags.region && { AWS_REGION: flags.region, AWS_DEFAULT_REGION: flags.region }),
      ...(flags.profile && { AWS_PROFILE: flags.profile }),
    });
    expect(stderr()).toBe(`Using ${description}.\n`);
  });

  test.each<[string, ConnectionFlags, Record<string, string>]>([
    ['--aws with keys', { aws: true }, KEYS],
    [
      '--aws with an endpoint of AWS',
      { aws: true },
      { ...KEYS, AWS_ENDPOINT_URL: 'https://dynamodb.us-east-1.api.aws' },
    ],
    ['--profile', { profile: 'dev' }, {}],
  ])('%s: AWS, also for a command that writes, and whatever runs', async (_name, flags, variables) => {
    const env = { ...nothingRuns(), ...PROFILES, ...variables };
    const withdraw = await announceServers(aws.environment, env, expectNoWarning);
    await using connection = await connect(contextFor(env).context, flags, { writes: true });
    expect(connection.kind).toBe('aws');
    await withdraw();
  });

  test.each<[ConnectionFlags, Record<string, string>, string]>([
    [{ aws: true, endpoint: NAMED }, {}, '--endpoint and --aws exclude each other. Leave one of them out.'],
    [
      { aws: true },
      { AWS_ENDPOINT_URL: NAMED },
      `--aws means AWS, but the environment names ${NAMED} with AWS_ENDPOINT_URL. Unset that, or leave out --aws.`,
    ],
  ])('%j with %j contradict each other', async (flags, env, message) => {
    await expect(connect(contextFor(env).context, flags)).rejects.toThrow(message);
  });

  test('a server whose address only looks like that of AWS is written to', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://amazonaws.com.example.org:8000' };
    await using connection = await connect(contextFor(env).context, {}, { writes: true });
    expect(connection.kind).toBe('named');
  });

  test('servers that run for this project, before credentials of the environment; those are not sent to them', async () => {
    const env = { ...nothingRuns(), ...KEYS };
    const withdraw = await announceServers(aws.environment, env, expectNoWarning);
    const { context, stderr } = contextFor(env);
    const { kind, dynamodb } = await connect(context, {});
    expect(kind).toBe('running');
    expect(dynamodb).toEqual({ ...aws.dynamodb });
    expect(stderr()).toBe(`Using the embedded servers of this project, which process ${process.pid} runs.\n`);
    await withdraw();
    expect(await runningServers(env, () => {})).toBeUndefined();
  });

  test('a command that wants its own takes neither those nor AWS', async () => {
    const env = { ...nothingRuns(), ...KEYS };
    const withdraw = await announceServers(aws.environment, env, expectNoWarning);
    const { context } = contextFor(env);
    await using connection = await connect(context, {}, { start: 'private', own: true });
    expect(connection.kind).toBe('embedded');
    expect(connection.dynamodb.endpoint).not.toBe(aws.dynamodb.endpoint);
    expect((await runningServers(env, () => {}))?.environment).toEqual(aws.environment);
    await withdraw();
  });

  test('its own servers can be shared while it runs', async () => {
    const env = nothingRuns();
    const { context } = contextFor(env);
    {
      await using connection = await connect(context, { region: 'eu-west-1' }, { start: 'shared' });
      expect(connection.dynamodb.region).toBe('eu-west-1');
      expect((await runningServers(env, () => {}))?.environment).toEqual(connection.environment);
    }
    expect(await runningServers(env, () => {})).toBeUndefined();
  });

  test('its own servers run even if they cannot be shared, with a warning', async () => {
    const { context, stderr } = contextFor({ XDG_CACHE_HOME: '/dev/null' });
    await using connection = await connect(context, {}, { start: 'shared' });
    expect(connection.kind).toBe('embedded');
    expect(stderr()).toMatch(/^warning: Other commands of this project cannot find these servers/);
  });
});

const expectNoWarning = (text: string): never => {
  throw new Error(`unexpected: ${text}`);
};

describe('servers that have gone away are forgotten', () => {
  test('because their process has ended', async () => {
    const env = nothingRuns();
    const command = spawned(['emulators'], { env });
    await command.seen(/Ready/);
    expect((await runningServers(env, () => {}))?.pid).toBe(command.pid);
    command.kill('SIGKILL'); // it cannot take its file away
    await command.ended();
    expect(await runningServers(env, () => {})).toBeUndefined();
  });

  test('because no server answers there', async () => {
    const env = nothingRuns();
    await announceServers(aws.environment, env, expectNoWarning);
    const directory = join(env.XDG_CACHE_HOME, 'streamlane');
    const [name = ''] = readdirSync(directory);
    const announced = JSON.parse(readFileSync(join(directory, name), 'utf8'));
    announced.identity.port = await freePort();
    writeFileSync(join(directory, name), JSON.stringify(announced));
    expect(await runningServers(env, () => {})).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a command that needs a server', () => {
  const run = inProcess;
  const argv = ['put', 'T', '--item', '{"id":"1"}'];

  test('without any server, a command says how to get one', async () => {
    const { code, stderr } = await run(['tail', 'T'], { env: nothingRuns() }).ended();
    expect(stderr).toBe(
      'error: There is no server to talk to. Start embedded ones in another terminal with streamlane emulators, ' +
        'or name a server with --endpoint, or AWS with --profile or --aws.\n',
    );
    expect(code).toBe(EXIT.failed);
  });

  describe.each([
    [argv],
    [['update', 'T', '{"id":"1"}', '--set', 'n=1']],
    [['delete', 'T', '{"id":"1"}']],
    [['tables', 'create', 'T', '--keys', 'id']],
    [['replay', '-', '--handler', `${join(import.meta.dirname, '../handlers.ts')}#nothing`]],
  ])('%j changes things', (command) => {
    test.each([
      ['keys', KEYS],
      ['a profile', { AWS_PROFILE: 'prod' }],
      [
        'an endpoint of AWS',
        { ...KEYS, AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.eu-central-1.amazonaws.com' },
      ],
      ['nothing', {}],
    ])('with %s in the environment it does not talk to AWS, and says both ways', async (_name, variables) => {
      const { code, stdout, stderr } = await run(command, {
        env: { ...nothingRuns(), ...variables },
        input: '[]',
      }).ended();
      expect(stderr).toBe(
        'error: There is no local server to write to. This command writes to AWS only with --profile or --aws. ' +
          'Start embedded ones in another terminal with streamlane emulators, or name a server with --endpoint. ' +
          'For AWS, use --profile <name>, or --aws with the credentials of the environment.\n',
      );
      expect({ code, stdout }).toEqual({ code: EXIT.failed, stdout: '' });
    });
  });

  test('servers that run are written to, whatever credentials the environment has', async () => {
    const env = { ...nothingRuns(), ...KEYS };
    const withdraw = await announceServers(aws.environment, env, expectNoWarning);
    const created = await run(['tables', 'create', 'Written', '--keys', 'id'], { env }).ended();
    expect([created.code, created.stderr]).toEqual([
      EXIT.ok,
      `Using the embedded servers of this project, which process ${process.pid} runs.\n`,
    ]);
    await withdraw();
  });

  test('a dry run of a replay reads only, so the credentials of the environment are enough', async () => {
    const { stderr } = await run(['replay', '-', '--dry-run'], {
      env: { ...nothingRuns(), ...KEYS, AWS_REGION: 'eu-west-1' },
      input: '[]',
    }).ended();
    expect(stderr).toBe('Using AWS, region eu-west-1.\n');
  });

  test.each([
    argv,
    ['tail', 'T'],
    ['streams', 'list'],
    ['streams', 'describe', 'T'],
    ['streams', 'describe', 'arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/1'],
    ['tables', 'create', 'T', '--keys', 'id'],
    ['demo'],
  ])('a server that does not answer is told in one line: %s %s', async (...command) => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await run([...command, '--endpoint', endpoint]).ended();
    expect(stderr).toMatch(
      /^error: No server answers \(.*ECONNREFUSED.*\)\. Check --endpoint or AWS_ENDPOINT_URL, .+\n$/m,
    );
    expect({ code, stdout }).toEqual({ code: EXIT.failed, stdout: '' });
  });

  test.each(['127.0.0.1:8000', 'http://', 'ftp://127.0.0.1'])(
    '--endpoint %s is bad input',
    async (endpoint) => {
      const { code, stderr } = await run([...argv, '--endpoint', endpoint]).ended();
      expect(stderr).toBe(
        `error: --endpoint has to be a URL such as http://127.0.0.1:8000, got ${endpoint}.\n`,
      );
      expect(code).toBe(EXIT.usage);
    },
  );
});

describe('streamlane emulators', () => {
  const run = inProcess;
  test('keeps servers running that the other commands find, until Ctrl-C', async () => {
    const env = nothingRuns();
    const emulators = run(['emulators'], { env });
    await emulators.seen(/Ready\..+\n/);
    const environment = Object.fromEntries(
      [...emulators.stdout().matchAll(/^(?:export|unset) (\w+)=?(.*)$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    );

    expect((await runningServers(env, () => {}))?.environment).toEqual(environment);
    expect((await run(['tables', 'create', 'Tables', '--keys', 'id'], { env }).ended()).code).toBe(EXIT.ok);
    // Another project's shell, where the variables were pasted.
    const pasted = await run(['streams', 'list'], { env: { ...environment, ...nothingRuns() } }).ended();
    expect(pasted.stdout).toMatch(/^Tables /m);
    const second = await run(['emulators'], { env }).ended();
    expect(second.stderr).toMatch(
      /^error: Process \d+ runs the embedded servers of this project already\. .+\n$/,
    );
    expect(second.code).toBe(EXIT.failed);

    emulators.interrupt();
    expect((await emulators.ended()).code).toBe(EXIT.ok);
    expect(await runningServers(env, () => {})).toBeUndefined();
    await expect(fetch(`${environment.AWS_ENDPOINT_URL_DYNAMODB}`)).rejects.toThrow();
  });
});

test('as JSON, the variables are one line', async () => {
  const emulators = inProcess(['emulators', '--json', '--region', 'eu-west-1'], { env: nothingRuns() });
  await emulators.seen(/Ready/);
  emulators.interrupt();
  expect(JSON.parse((await emulators.ended()).stdout)).toMatchObject({ AWS_REGION: 'eu-west-1' });
});

test.each([['emulators'], ['demo']])(
  '%s says what to install where embedded servers are not',
  async (name) => {
    const { code, stderr } = await spawned([name], {
      env: nothingRuns(),
      nodeArgs: withoutEmulators,
    }).ended();
    expect(stderr).toMatch(
      /^error: The embedded servers are not installed\. On [\w-]+, name a server of your own with --endpoint, .*moto_server -p 5000.*npm install --save-dev dynoxide fauxqs\n$/,
    );
    expect(code).toBe(EXIT.failed);
  },
);

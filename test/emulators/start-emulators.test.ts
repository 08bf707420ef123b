import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startDynoxide } from '../../src/emulators/dynoxide.ts';
import { dynoxideBinary, dynoxideRemedy } from '../../src/emulators/dynoxide-binary.ts';
import { namedEndpoints } from '../../src/emulators/named-endpoints.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

afterEach(() => vi.restoreAllMocks());

test('options that there are not are refused', async () => {
  await expect(startEmulators({ environment: {} } as never)).rejects.toMatchObject({
    code: 'UNKNOWN_OPTION',
    message: 'startEmulators: environment is not an option. Known options: env.',
  });
});

test('starts servers that answer, and stops them', async () => {
  const emulators = await startEmulators({ env: { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'real' } });
  const urls = [emulators.dynamodb.endpoint, emulators.sqs.endpoint];
  expect(await Promise.all(urls.map(answers))).toEqual([true, true]);
  expect(emulators.description).toBe(`DynamoDB at ${urls[0]}, SNS and SQS at ${urls[1]}`);
  // A real key is never sent to them.
  expect(emulators.s3).toEqual({
    endpoint: urls[1],
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  expect(emulators.environment).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB: urls[0],
    AWS_ENDPOINT_URL_S3: urls[1],
    AWS_ACCESS_KEY_ID: 'local',
    AWS_PROFILE: '',
  });
  await emulators.stop();
  await emulators[Symbol.asyncDispose]();
  expect(await Promise.all(urls.map(answers))).toEqual([false, false]);
});

test('says when a server has ended; of those that it did not start, it does not', async () => {
  const emulators = await startEmulators({ env: {} });
  const state = (ended: Promise<void>) =>
    Promise.race([ended.then(() => 'ended'), Promise.resolve('running')]);
  expect(await state(emulators.ended)).toBe('running');
  await emulators.stop();
  await emulators.ended;
  const named = await startEmulators({ env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } });
  await named.stop();
  expect(await state(named.ended)).toBe('running');
});

test("uses servers that the environment names, with the user's own credentials", async () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_PROFILE: 'mine' };
  const emulators = await startEmulators({ env });
  expect(emulators.streams).toEqual({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1' });
  expect(emulators.environment).not.toHaveProperty('AWS_ACCESS_KEY_ID');
  await emulators.stop();
});

test('stops the one that started when the other does not', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('sunos');
  await expect(startEmulators({ env: {} })).rejects.toMatchObject({ code: 'MISSING_PEER' });
});

test('stops Dynoxide when fauxqs does not start', async () => {
  vi.resetModules();
  const missing = new Error('no fauxqs');
  vi.doMock('../../src/emulators/fauxqs.ts', () => ({ startFauxqs: () => Promise.reject(missing) }));
  const { startEmulators: start } = await import('../../src/emulators/start-emulators.ts');
  await expect(start({ env: {} })).rejects.toBe(missing);
  vi.doUnmock('../../src/emulators/fauxqs.ts');
});

test('reads process.env by default', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  const { dynamodb } = await startEmulators();
  vi.unstubAllEnvs();
  expect(dynamodb.endpoint).toBe('http://127.0.0.1:9');
});

describe('names', () => {
  test.each([
    [{}, undefined, undefined],
    [{ AWS_ENDPOINT_URL_DYNAMODB: 'd' }, { dynamodb: 'd', streams: 'd' }, undefined],
    [{ AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 's' }, { dynamodb: 's', streams: 's' }, undefined],
    [{ AWS_ENDPOINT_URL_SNS: 'n' }, undefined, { sns: 'n', sqs: 'n', s3: 'n' }],
    [{ AWS_ENDPOINT_URL_SQS: 'q', AWS_ENDPOINT_URL_S3: 'b' }, undefined, { sns: 'q', sqs: 'q', s3: 'b' }],
    [{ AWS_ENDPOINT_URL: 'a' }, { dynamodb: 'a', streams: 'a' }, { sns: 'a', sqs: 'a', s3: 'a' }],
  ])('%j', (env, tables, messages) => {
    expect(namedEndpoints(env)).toEqual({ tables, messages });
  });
});

describe('Dynoxide', () => {
  test('is found in the project, and on Windows has another name', () => {
    expect(dynoxideBinary('linux-x64')).toMatch(/@dynoxide[/\\]linux-x64[/\\]dynoxide$/);
  });

  test.each(['darwin-arm64', 'darwin-x64', 'win32-x64', 'linux-arm64'])(
    'is missing on %s: the message names a server of your own',
    (platform) => {
      expect(() => dynoxideBinary(platform)).toThrow(
        new RegExp(
          `not installed for ${platform}[\\s\\S]*On other platforms use a server of your own` +
            '[\\s\\S]*moto_server -p 5000[\\s\\S]*--endpoint[\\s\\S]*npm install --save-dev dynoxide$',
        ),
      );
    },
  );

  test('on Linux, x64, the message says what to install', () => {
    expect(dynoxideRemedy('linux-x64')).toMatch(
      /^Install it with\s+npm install --save-dev @dynoxide\/linux-x64\s+or use a server of your own/,
    );
  });

  test('a server that cannot have its port fails after three attempts, whatever answers there', async () => {
    const failing = join(mkdtempSync(join(tmpdir(), 'streamlane-')), 'fails.sh');
    writeFileSync(failing, '#!/bin/sh\necho "error: port 1 is already in use" >&2\nexit 1\n', {
      mode: 0o755,
    });
    await expect(startDynoxide(failing)).rejects.toThrow(/does not start on .*port 1 is already in use/);
  });

  test('a server that never says that it listens fails, and is started only once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'streamlane-'));
    const silent = join(directory, 'silent.sh');
    const starts = join(directory, 'starts');
    writeFileSync(silent, `#!/bin/sh\necho start >>'${starts}'\nexec sleep 60\n`, { mode: 0o755 });
    await expect(startDynoxide(silent, 500)).rejects.toThrow(
      /does not listen on \S+ after 500 ms\. It said: nothing$/,
    );
    // On a busy machine it may not even have begun.
    expect(existsSync(starts) ? readFileSync(starts, 'utf8') : '').toMatch(/^(start\n)?$/);
  });

  test('a server whose message comes in parts, and late, has started', async () => {
    const slow = join(mkdtempSync(join(tmpdir(), 'streamlane-')), 'slow.sh');
    const script =
      '#!/bin/sh\nsleep 0.2\nprintf "Dynoxide list" >&2\nsleep 0.2\necho "ening on x" >&2\nexec sleep 60\n';
    writeFileSync(slow, script, { mode: 0o755 });
    const server = await startDynoxide(slow);
    await server.stop();
  });
});

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { loadVariables } from '../../../src/cli/flags/environment-flags.ts';
import { contextFor } from '../context.ts';
import { codeOf } from '../dev/code.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

afterEach(() => vi.restoreAllMocks());

/** A project with files, whose directory is the working directory. */
function project(files: Readonly<Record<string, string>>): string {
  const { directory } = codeOf(files);
  vi.spyOn(process, 'cwd').mockReturnValue(directory);
  return directory;
}

const FILES = { '.env': 'A=project\nB=project', 'one.env': 'A=one\nC=one', 'two.env': 'A=two\n' };

describe('variables for a handler', () => {
  test.each<[string, readonly string[], readonly string[], Record<string, string>, Record<string, string>]>([
    ['.env beside package.json', [], [], {}, { A: 'project', B: 'project' }],
    ['--env-file instead of it', ['one.env'], [], {}, { A: 'one', C: 'one' }],
    ['the last --env-file', ['one.env', 'two.env'], [], {}, { A: 'two', C: 'one' }],
    ['the environment, before files', ['one.env'], [], { A: 'shell', C: '' }, { A: 'shell', C: '' }],
    [
      '--env, before everything',
      ['one.env'],
      ['A=flag', 'D=a=b\nc', 'E='],
      { A: 'shell' },
      { A: 'flag', C: 'one', D: 'a=b\nc', E: '' },
    ],
  ])('%s', async (_name, files, env, shell, expected) => {
    const directory = project(FILES);
    const { context } = contextFor({ ...shell });
    await loadVariables(context, {
      env,
      ...(files.length > 0 && { envFile: files.map((file) => join(directory, file)) }),
    });
    expect(context.io.env).toEqual(expected);
  });

  test('the .env that no flag names is announced', async () => {
    const directory = project(FILES);
    const { context, stderr } = contextFor({});
    await loadVariables(context, {});
    expect(stderr()).toBe(`Using the variables of ${join(directory, '.env')}.\n`);
  });

  test('without a .env, nothing is printed', async () => {
    project({});
    const { context, stderr } = contextFor({});
    await loadVariables(context, {});
    expect([context.io.env, stderr()]).toEqual([{}, '']);
  });

  test('a folder called .env, as Python has it, is left alone', async () => {
    mkdirSync(join(project({}), '.env'));
    const { context, stderr } = contextFor({});
    await loadVariables(context, {});
    expect([context.io.env, stderr()]).toEqual([{}, '']);
  });

  test('those of servers come after --env, except where the servers are', async () => {
    project({});
    const { context } = contextFor({ PAYMENTS_TOPIC_ARN: 'shell' });
    const variables = await loadVariables(context, {
      env: ['A_QUEUE_URL=flag', 'AWS_ENDPOINT_URL_SNS=flag', 'AWS_PROFILE=flag'],
    });
    variables.add(undefined);
    expect(context.io.env).toMatchObject({ PAYMENTS_TOPIC_ARN: 'shell', AWS_ENDPOINT_URL_SNS: 'flag' });
    variables.add({ PAYMENTS_TOPIC_ARN: 'created', A_QUEUE_URL: 'created', AWS_ENDPOINT_URL_SNS: 'server' });
    expect(context.io.env).toEqual({
      PAYMENTS_TOPIC_ARN: 'created',
      A_QUEUE_URL: 'flag',
      AWS_ENDPOINT_URL_SNS: 'server',
      AWS_PROFILE: 'flag',
    });
  });

  describe('read again', () => {
    test('a file gives new values, loses old ones, and never takes the place of what comes before it', async () => {
      const directory = project({ '.env': 'A=1\nB=1\nC=1\nD=1\nE=1\nAWS_REGION=file' });
      const { context } = contextFor({ B: 'shell' });
      const variables = await loadVariables(context, { env: ['C=flag'] });
      variables.add({ D: 'created', AWS_REGION: 'server' });
      writeFileSync(join(directory, '.env'), 'A=2\nB=2\nC=2\nD=2\nF=2\nAWS_REGION=other');
      await variables.reload();
      const before = { B: 'shell', C: 'flag', D: 'created', AWS_REGION: 'server' };
      expect(context.io.env).toEqual({ ...before, A: '2', F: '2' });
      rmSync(join(directory, '.env'));
      await variables.reload();
      expect(context.io.env).toEqual(before);
      writeFileSync(join(directory, '.env'), 'A=3');
      await variables.reload();
      expect(context.io.env).toEqual({ ...before, A: '3' });
    });

    test('a file that cannot be read changes nothing', async () => {
      const directory = project(FILES);
      const { context } = contextFor({});
      const envFile = ['one.env', 'two.env'].map((file) => join(directory, file));
      const variables = await loadVariables(context, { envFile });
      writeFileSync(join(directory, 'one.env'), 'A=new\nC=new');
      rmSync(join(directory, 'two.env'));
      await expect(variables.reload()).rejects.toThrow(/There is no file .*two\.env/);
      expect(context.io.env).toEqual({ A: 'two', C: 'one' });
    });

    test('--env-file gives new values, although Node has read the old ones already', async () => {
      const directory = project(FILES);
      const { context } = contextFor({ A: 'two', C: 'shell' });
      const envFile = [join(directory, 'one.env'), join(directory, 'two.env')];
      const variables = await loadVariables(context, { envFile });
      writeFileSync(join(directory, 'two.env'), 'A=new\nC=new');
      await variables.reload();
      expect(context.io.env).toEqual({ A: 'new', C: 'shell' });
    });

    test('the .env may come later', async () => {
      const directory = project({});
      const { files } = await loadVariables(contextFor({}).context, {});
      expect(files).toEqual([join(directory, '.env')]);
    });

    test('what a pipe and stdin gave is kept, and not watched', async () => {
      const directory = project(FILES);
      const { context } = contextFor({});
      const io = { ...context.io, stdin: Readable.from([Buffer.from('S=stdin')]) };
      const one = join(directory, 'one.env');
      const envFile = ['-', '/dev/null', one];
      const variables = await loadVariables({ ...context, io }, { envFile });
      expect(variables.files).toEqual([one]);
      writeFileSync(one, 'A=new');
      await variables.reload();
      expect(io.env).toEqual({ S: 'stdin', A: 'new' });
    });
  });

  test.each(['NAME', '=x', '1A=x', 'A B=x', ''])(
    '--env %j is bad input, and what came is not shown',
    async (text) => {
      const { code, stderr } = await inProcess(['invoke', 'src/index.ts#env', '-', '--env', text]).ended();
      expect(stderr).toBe('error: --env takes a name and a value, such as --env STAGE=dev.\n');
      expect(code).toBe(EXIT.usage);
    },
  );

  test('a file that does not exist is bad input', async () => {
    const { code, stderr } = await inProcess([
      'dev',
      'src/index.ts#env',
      '--table',
      'T',
      '--env-file',
      'none.env',
    ]).ended();
    expect(stderr).toMatch(/^error: There is no file none\.env\./);
    expect(code).toBe(EXIT.usage);
  });

  test('credentials in the .env that no flag names do not lead to AWS; those of --env-file do', async () => {
    const directory = project({ '.env': 'AWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=secret' });
    writeFileSync(join(directory, 'event.json'), '{"Records":[]}');
    const handler = join(import.meta.dirname, '../handlers.ts#nothing');
    const argv = ['invoke', handler, join(directory, 'event.json')];
    expect((await inProcess(argv).ended()).stderr).toMatch(/Using embedded servers of this command/);
    const named = await inProcess([...argv, '--env-file', join(directory, '.env')]).ended();
    expect(named.stderr).toBe('Using AWS.\n');
  });
});

test.each([
  ['invoke', ['handler.mjs', '-'], '{"Records":[]}'],
  ['replay', ['-', '--handler', 'handler.mjs'], '[{"version":1}]'],
])('%s as a process: the module finds them when it is imported', async (command, argv, input) => {
  const { directory } = codeOf({
    '.env': 'FROM_FILE="a # b"\nSTAGE=file',
    'handler.mjs': `console.log([process.env.FROM_FILE, process.env.STAGE].join());
      export const handler = () => {};`,
  });
  const { stderr } = await spawned(
    [command, ...argv, '--env', 'STAGE=flag', '--endpoint', 'http://127.0.0.1:1'],
    {
      cwd: directory,
      input,
    },
  ).ended();
  expect(stderr).toContain('a # b,flag\n');
});

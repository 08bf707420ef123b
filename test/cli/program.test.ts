import { describe, expect, test } from 'vitest';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { failure } from '../../src/cli/errors/cli-error.ts';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { version } from '../../src/cli/version.ts';
import { inProcess } from './in-process.ts';

/** Every command line that has help of its own: `streams`, `streams list`, ... */
function namesOf(definitions: readonly CommandDefinition[], parent = ''): string[] {
  return definitions.flatMap(({ usage, subcommands = [] }) => {
    const name = `${parent}${usage.replace(/ .*/, '')}`;
    return [name, ...namesOf(subcommands, `${name} `)];
  });
}

describe('streamlane', () => {
  const run = inProcess;
  test.each([[['--help']], [['help']], [[]]])('%j lists every command, with examples', async (argv) => {
    const { code, stdout, stderr } = await run(argv).ended();
    for (const { usage, summary } of commands) {
      expect(stdout).toContain(usage.replace(/ .*/, ''));
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(summary);
    }
    expect(stdout).toContain('$ streamlane ');
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  });

  test.each(namesOf(commands))('%s --help has examples', async (name) => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--help']).ended();
    expect(stdout).toMatch(new RegExp(`^Usage: streamlane ${name}`));
    expect(stdout).toMatch(/Examples:\n {2}\$ streamlane /);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  });

  test('--version is the version of the package', async () => {
    expect(await run(['--version']).ended()).toEqual({ code: EXIT.ok, stdout: `${version()}\n`, stderr: '' });
  });

  test.each([
    [['tial'], "error: unknown command 'tial' (Did you mean tail?) See streamlane --help.\n"],
    [['invoke'], "error: missing required argument 'module#export'. See streamlane invoke --help.\n"],
    [['streams'], 'error: A subcommand is missing. See streamlane streams --help.\n'],
    [['help', 'tial'], "error: unknown command 'tial'. See streamlane --help.\n"],
    [['streams', 'help', 'lst'], "error: unknown command 'lst'. See streamlane streams --help.\n"],
    [
      ['streams', 'lst'],
      "error: unknown command 'lst' (Did you mean list?) See streamlane streams --help.\n",
    ],
    [
      ['tables', 'create', 'T'],
      "error: required option '--keys <names>' not specified. See streamlane tables create --help.\n",
    ],
    [
      ['tail', 'T', '--form'],
      "error: unknown option '--form' (Did you mean --from?) See streamlane tail --help.\n",
    ],
    [
      ['demo', 'x'],
      "error: too many arguments for 'demo'. Expected 0 arguments but got 1: x. See streamlane demo --help.\n",
    ],
  ])('%j is wrong usage: one line that says so', async (argv, line) => {
    expect(await run(argv).ended()).toEqual({ code: EXIT.usage, stdout: '', stderr: line });
  });

  test('a flag alone is not a command', async () => {
    const { code, stderr } = await run(['--verbose']).ended();
    expect([code, stderr.split('\n')[0]]).toEqual([
      EXIT.usage,
      'error: A command is missing. See streamlane --help.',
    ]);
  });
});

describe('help of a command', () => {
  test('marks required options, and groups the options of servers and of the mapping', async () => {
    const { stdout } = await inProcess(['dev', '--help']).ended();
    expect(stdout).toMatch(/--table <name> +The table whose stream is read\. \(required\)\n/);
    expect(stdout.match(/\(required\)/g)).toHaveLength(1);
    const groups = [...stdout.matchAll(/^(\w.*):\n((?: {2,}\S.*\n)+)/gm)].map(([, title, lines = '']) => [
      title,
      [...lines.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag),
    ]);
    expect(Object.fromEntries(groups)).toMatchObject({
      Options: expect.arrayContaining(['--table', '--create', '--env', '--json']),
      Servers: ['--endpoint', '--region', '--profile', '--aws'],
      'Event source mapping, with the names of AWS': expect.arrayContaining(['--batch-size', '--no-enabled']),
    });
  });

  test.each(namesOf(commands))('shows defaults without quotes: %s', async (name) => {
    const { stdout } = await inProcess([...name.split(' '), '--help']).ended();
    expect(stdout).not.toMatch(/\(default:\s+"/);
  });

  test.each([
    ['dev', '--destination-config <name or arn>', 'or by its name if a --create option creates it.'],
    ['dev', '--maximum-record-age-in-seconds <seconds>', '(default: -1)'],
    ['mapping', '--maximum-record-age-in-seconds <seconds>', '(default: 43200 with a destination, else -1)'],
    ['replay', '--batch-size <count>', '(default: 100)'],
  ])('of %s says of %s: %s', async (command, flag, text) => {
    const { stdout } = await inProcess([command, '--help']).ended();
    const [, help = ''] = stdout.replaceAll(/\s+/g, ' ').split(` ${flag} `);
    expect(help.split(/ --[a-z-]+ </)[0]).toContain(text);
  });

  test.each([true, false])('has colours on a terminal: %s', async (terminal) => {
    const { stdout } = await inProcess(['dev', '--help'], { terminal, env: { TERM: 'xterm' } }).ended();
    expect(stdout.includes('\x1b[1mOptions:')).toBe(terminal);
    expect(stdout.includes('\x1b[36m--table <name>')).toBe(terminal);
  });

  test('has colours in the list of commands', async () => {
    const { stdout } = await inProcess(['--help'], { terminal: true, env: { TERM: 'xterm' } }).ended();
    expect(stdout).toContain('\x1b[36mdemo');
  });
});

describe('colours', () => {
  const error = ['tial'];

  test('are left out where there is no terminal', async () => {
    expect((await inProcess(error).ended()).stderr).not.toContain('\x1b');
  });

  test.each([
    ['a terminal', true, {}, true],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['FORCE_COLOR without a terminal', false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
  ])('%s decides', async (_name, terminal, env, colored) => {
    const { stderr } = await inProcess(error, { terminal, env: { TERM: 'xterm', ...env } }).ended();
    expect(stderr.includes('\x1b[31merror:')).toBe(colored);
  });
});

const failing: CommandDefinition = {
  usage: 'fail',
  summary: 'Fails.',
  examples: [['fail', 'fails']],
  load: async () => async () => {
    throw failure('It failed.\n  Do something.', new Error('why'));
  },
};

const waiting: CommandDefinition = {
  usage: 'wait',
  summary: 'Waits for ever.',
  examples: [],
  load: async () => () => new Promise(() => {}),
};

test('an error is one line, and with --verbose its stack and what caused it', async () => {
  const definitions = [failing];
  expect((await inProcess(['fail'], { definitions }).ended()).stderr).toBe(
    'error: It failed. Do something.\n',
  );
  const { code, stderr } = await inProcess(['fail', '--verbose'], { definitions }).ended();
  expect(code).toBe(EXIT.failed);
  expect(stderr).toMatch(
    /^error: It failed\. Do something\.\n {2}CliError: It failed[\s\S]* at .*program\.test\.ts/m,
  );
  expect(stderr).toMatch(/cause.*Error: why/);
});

test('Ctrl-C ends a command that does not heed it', async () => {
  const command = inProcess(['wait'], { definitions: [waiting] });
  command.interrupt();
  expect(await command.ended()).toEqual({ code: EXIT.interrupted, stdout: '', stderr: '' });
});

import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { inProcess } from '../cli/in-process.ts';
import { anchorsOf, blocksOf, PAGES, tableUnder } from './markdown.ts';

/** The commands as they are declared, without what they do. */
function idle(definitions: readonly CommandDefinition[]): readonly CommandDefinition[] {
  return definitions.map((definition) => ({
    ...definition,
    ...(definition.load && { load: async () => async () => EXIT.ok }),
    ...(definition.subcommands && { subcommands: idle(definition.subcommands) }),
  }));
}

/** Returns the words that a shell reads in a line, up to a pipe or a file: the shell would write that file here. */
function wordsOf(line: string): string[] {
  const words = `set -- ${line.replace(/ > \S+$/, '')}; printf '%s\\0' "$@"`;
  return execFileSync('sh', ['-c', words], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

function examplesOf(definitions: readonly CommandDefinition[]): string[] {
  return definitions.flatMap(({ examples, subcommands = [] }) => [
    ...examples.map(([line]) => line),
    ...examplesOf(subcommands),
  ]);
}

const inPages = [...PAGES, 'examples/bark-table/README.md'].flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => [...code.matchAll(/(?:^|\| )(?:npx )?streamlane ([^|\n#]*(?:#[^|\n]*)?)/gm)])
    .map(([, line = '']) => line.trim()),
);

describe('every command line that is shown is one', () => {
  test.each([...new Set([...inPages, ...examplesOf(commands).map((line) => line.replace(/ \| .*/, ''))])])(
    'streamlane %s',
    async (line) => {
      const { code, stderr } = await inProcess(wordsOf(line), { definitions: idle(commands) }).ended();
      expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    },
  );
});

test('docs/cli.md has a section for each command', () => {
  expect(anchorsOf('docs/cli.md')).toEqual(
    expect.arrayContaining(commands.map(({ usage }) => usage.split(' ')[0])),
  );
});

test('docs/cli.md has the exit codes', () => {
  const codes = tableUnder('docs/cli.md', 'Exit codes').map(([code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT));
});

import { chmodSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openEditor } from '../../../src/cli/dev/open-editor.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { codeOf } from './code.ts';

const PLACE = { path: '/src/a b.ts', line: 12 };

/** A program with the name of an editor, that writes down its arguments. */
function editor(name: string): { readonly path: string; readonly args: () => readonly string[] } {
  const code = codeOf({ written: '#!/bin/sh\nfor each in "$@"; do echo "$each"; done > "$0.args"\n' });
  const path = code.path(`some folder/${name}`);
  mkdirSync(dirname(path));
  renameSync(code.path('written'), path);
  chmodSync(path, 0o755);
  return { path, args: () => readFileSync(`${path}.args`, 'utf8').trim().split('\n') };
}

describe.skipIf(process.platform === 'win32')('an editor opens the line', () => {
  test.each([
    ['code', ['--goto', '/src/a b.ts:12']],
    ['cursor', ['--goto', '/src/a b.ts:12']],
    ['subl', ['/src/a b.ts:12']],
    ['webstorm', ['--line', '12', '/src/a b.ts']],
    ['gvim', ['+12', '/src/a b.ts']],
    ['unknown', ['/src/a b.ts']],
  ])('%s', async (name, args) => {
    const { path, args: given } = editor(name);
    await openEditor(PLACE, { VISUAL: `"${path}" --wait`, EDITOR: 'vi' });
    await eventually(() => expect(given()).toEqual(['--wait', ...args]));
  });

  test('an editor without a window is passed over, as the one that npm names', async () => {
    const { path, args } = editor('code');
    await openEditor(PLACE, {
      EDITOR: 'vi',
      TERM_PROGRAM: 'vscode',
      PATH: `${dirname(path)}:${process.env.PATH}`,
    });
    await eventually(() => expect(args()).toHaveLength(2));
  });

  test('EDITOR is the second choice', async () => {
    const { path, args } = editor('code');
    await openEditor(PLACE, { VISUAL: '', EDITOR: `'${path}'` });
    await eventually(() => expect(args()).toHaveLength(2));
  });
});

test.each([
  ['none is named', {}, /^No editor is known\. Set the variable VISUAL/],
  ['the name is empty', { VISUAL: '""', EDITOR: ' ' }, /^No editor is known\./],
  [
    'it needs the terminal',
    { EDITOR: '/usr/bin/nvim -p' },
    /^The editor nvim needs a terminal of its own\. Set/,
  ],
  ['it is missing', { EDITOR: '/no/such/code' }, /^The editor code cannot be started: ENOENT\. Set/],
  [
    'that of the terminal is missing',
    { TERM_PROGRAM: 'vscode', PATH: '/none' },
    /^The editor code cannot be/,
  ],
])('if %s, the page is told what to do', async (_, env, message) => {
  await expect(openEditor(PLACE, env)).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(message),
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { RequestRefusedError } from '../../console/server/request-refused-error.ts';
import type { SourcePlace } from '../../console/source-lines.ts';

/** How editors with a window take a line. */
const LINE_OPTIONS: readonly {
  readonly editors: RegExp;
  readonly args: (path: string, line: number) => readonly string[];
}[] = [
  {
    editors: /^(code|code-insiders|codium|vscodium|cursor|windsurf|positron)$/,
    args: (path, line) => ['--goto', `${path}:${line}`],
  },
  { editors: /^(zed|zeditor|subl|sublime_text)$/, args: (path, line) => [`${path}:${line}`] },
  {
    editors: /^(idea|webstorm|phpstorm|pycharm|goland|rubymine|rider|fleet)(64)?$/,
    args: (path, line) => ['--line', `${line}`, path],
  },
  { editors: /^(gvim|mvim|emacsclient|gedit|kate)$/, args: (path, line) => [`+${line}`, path] },
];

/** Editors that draw into the terminal, which shows the lines of `dev`. */
const NEEDS_TERMINAL: RegExp = /^(vi|vim|nvim|nano|pico|emacs|hx|helix|micro|kak|joe|mcedit|ed)$/;

const REMEDY =
  'Set the variable VISUAL to an editor with a window, such as VISUAL=code, and start dev again.';

/**
 * Opens a line of a file in the editor that the variable `VISUAL` or `EDITOR` names, or else in that of the terminal.
 *
 * @throws RequestRefusedError if there is none, or if it cannot be started
 */
export async function openEditor({ path, line }: SourcePlace, env: NodeJS.ProcessEnv): Promise<void> {
  const [command, ...options] = words(editorOf(env));
  if (command === undefined) throw new RequestRefusedError(409, `No editor is known. ${REMEDY}`);
  const name = basename(command).replace(/\.(exe|cmd)$/i, '');
  if (NEEDS_TERMINAL.test(name))
    throw new RequestRefusedError(409, `The editor ${name} needs a terminal of its own. ${REMEDY}`);
  const { args } = LINE_OPTIONS.find(({ editors }) => editors.test(name)) ?? { args: () => [path] };
  const editor = spawn(command, [...options, ...args(path, line)], {
    env,
    stdio: 'ignore',
    detached: true,
  });
  try {
    await once(editor, 'spawn');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RequestRefusedError(409, `The editor ${name} cannot be started: ${code}. ${REMEDY}`);
  }
  editor.unref();
}

function editorOf({ VISUAL, EDITOR, TERM_PROGRAM }: NodeJS.ProcessEnv): string {
  return VISUAL || EDITOR || (TERM_PROGRAM === 'vscode' ? 'code' : '');
}

/** Splits a command at spaces, except in quotes. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? (plain as string),
  );
}

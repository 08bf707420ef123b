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
 * Editors without a window are passed over: npm sets `EDITOR=vi` for the commands that it runs.
 *
 * @throws RequestRefusedError if there is none, or if it cannot be started
 */
export async function openEditor({ path, line }: SourcePlace, env: NodeJS.ProcessEnv): Promise<void> {
  const named = editorsOf(env);
  const [editor] = named.filter(({ name }) => !NEEDS_TERMINAL.test(name));
  if (editor === undefined) {
    const [first] = named;
    const problem =
      first === undefined ? 'No editor is known.' : `The editor ${first.name} needs a terminal of its own.`;
    throw new RequestRefusedError(409, `${problem} ${REMEDY}`);
  }
  const { name, command, options } = editor;
  const { args } = LINE_OPTIONS.find(({ editors }) => editors.test(name)) ?? { args: () => [path] };
  const process = spawn(command, [...options, ...args(path, line)], {
    env,
    stdio: 'ignore',
    detached: true,
  });
  try {
    await once(process, 'spawn');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RequestRefusedError(409, `The editor ${name} cannot be started: ${code}. ${REMEDY}`);
  }
  process.unref();
}

interface Editor {
  /** As in `code`. */
  readonly name: string;
  readonly command: string;
  readonly options: readonly string[];
}

/** The editor of choice first. */
function editorsOf({ VISUAL, EDITOR, TERM_PROGRAM }: NodeJS.ProcessEnv): readonly Editor[] {
  return [VISUAL, EDITOR, TERM_PROGRAM === 'vscode' ? 'code' : undefined].flatMap((text = '') => {
    const [command, ...options] = words(text);
    return command ? [{ name: basename(command).replace(/\.(exe|cmd)$/i, ''), command, options }] : [];
  });
}

/** Splits a command at spaces, except in quotes. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? (plain as string),
  );
}

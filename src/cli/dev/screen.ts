import type { Readable } from 'node:stream';
import { setInterval as every } from 'node:timers';
import type { CommandContext } from '../command.ts';
import type { TextOutput } from '../terminal/io.ts';
import { handlerText, terminalLine, writeLines } from '../terminal/terminal-text.ts';
import { LogFolder, type LoggedLine } from './fold-logs.ts';

/** Where `dev` writes: lines that stay, and below them where it is. */
export interface Screen {
  /** A line on stdout. */
  line(text: string): void;
  /** A line on stderr. */
  note(text: string): void;
  /** Whatever a handler writes, as it comes. */
  pipe(output: Readable): void;
  /** Where things are, from now on. */
  status(text: string): void;
  /** Says where things are for the last time. */
  done(): void;
}

// The output goes to a log: a line now and then is enough.
const PLAIN_STATUS_EVERY_MS = 30_000;

/** The status line is at the bottom of a terminal; elsewhere it is a line now and then, and at the end. */
export async function openScreen({ io, style, verbose }: CommandContext, json: boolean): Promise<Screen> {
  const { stdout, stderr } = io;
  // A terminal of no width, such as some of CI, would show nothing of a line at its bottom.
  const below =
    stdout.isTTY && stdout.columns !== 0 && !json ? await bottomLine(stdout) : plainStatus(stdout, json);
  const above = (write: () => void): void => {
    below.hide();
    write();
    below.show();
  };
  return {
    line: (text) => above(() => void writeLines(stdout, text)),
    note: (text) => above(() => void writeLines(stderr, text)),
    pipe(output) {
      // With JSON, stdout is for that alone.
      const to = json ? stderr : stdout;
      const written = output.setEncoding('utf8');
      const write = (text: string): void => above(() => void to.write(text));
      if (json || verbose) {
        written.on('data', (chunk: string) => {
          const text = handlerText(to, chunk);
          write(text.endsWith('\n') ? text : `${text}\n`);
        });
        return;
      }
      const folder = new LogFolder(style);
      const show = (lines: readonly LoggedLine[]): void => {
        const texts = lines.map(({ text, isFolded }) =>
          isFolded ? terminalLine(text) : handlerText(to, text),
        );
        if (texts.length > 0) write(`${texts.join('\n')}\n`);
      };
      written.on('data', (chunk: string) => show(folder.push(chunk))).on('end', () => show(folder.end()));
    },
    status: (text) => below.set(style('dim', text)),
    done: () => below.done(),
  };
}

interface Status {
  set(text: string): void;
  hide(): void;
  show(): void;
  done(): void;
}

async function bottomLine(stdout: TextOutput): Promise<Status> {
  const { createLogUpdate } = await import('../third-party/log-update.ts');
  const line = createLogUpdate(stdout as NodeJS.WriteStream, { showCursor: true });
  let status = '';
  return {
    set(text) {
      status = terminalLine(text);
      line(status);
    },
    hide: () => line.clear(),
    show: () => line(status),
    done: () => line.done(),
  };
}

function plainStatus(stdout: TextOutput, json: boolean): Status {
  let status = '';
  let written = '';
  const write = (): void => {
    if (json || status === written) return;
    written = status;
    void writeLines(stdout, status);
  };
  const timer = every(write, PLAIN_STATUS_EVERY_MS).unref();
  return {
    set(text) {
      status = text;
    },
    hide() {},
    show() {},
    done() {
      clearInterval(timer);
      write();
    },
  };
}

import type { Readable } from 'node:stream';
import { setInterval as every } from 'node:timers';
import type { CommandContext } from '../command.ts';
import type { TextOutput } from '../io.ts';

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

// Nobody reads along, so what matters is that a log has it now and then.
const PLAIN_STATUS_EVERY_MS = 30_000;

/** The status line is at the bottom of a terminal; elsewhere it is a line now and then, and at the end. */
export async function openScreen({ io, style }: CommandContext, json: boolean): Promise<Screen> {
  const { stdout, stderr } = io;
  // A terminal of no width, such as some of CI, would show nothing of a line at its bottom.
  const below =
    stdout.isTTY && stdout.columns !== 0 && !json ? await bottomLine(stdout) : plainStatus(stdout, json);
  const write = (output: TextOutput, text: string): void => {
    below.hide();
    output.write(text.endsWith('\n') ? text : `${text}\n`);
    below.show();
  };
  return {
    line: (text) => write(stdout, text),
    note: (text) => write(stderr, text),
    pipe(output) {
      // With JSON, stdout is for that alone.
      output.setEncoding('utf8').on('data', (text: string) => write(json ? stderr : stdout, text));
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
  const { createLogUpdate } = await import('log-update');
  const line = createLogUpdate(stdout as NodeJS.WriteStream, { showCursor: true });
  let status = '';
  return {
    set(text) {
      status = text;
      line(text);
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
    stdout.write(`${status}\n`);
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

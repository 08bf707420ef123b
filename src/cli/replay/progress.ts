import type { ReplayProgress } from '../../replay/report.ts';
import type { CommandContext } from '../command.ts';
import { count } from '../terminal/count.ts';
import { writeAboveLogs } from '../terminal/separate-outputs.ts';
import { writeLines } from '../terminal/terminal-text.ts';

/** How far a replay is, on stderr. */
export interface Progress {
  set(now: ReplayProgress): void;
  warn(text: string): void;
  end(): void;
}

// Outside of a terminal a line now and then is enough.
const PLAIN_EVERY_MS = 5000;
const CLEAR_LINE = '\r\x1b[K';

/**
 * A bar on a terminal, lines elsewhere. Until the end, what a handler writes takes the place of the bar, which comes back.
 */
export async function openProgress({ io, note }: CommandContext): Promise<Progress> {
  const { stderr } = io;
  const isTTY = stderr.isTTY === true;
  const bar = isTTY
    ? await openBar(stderr as NodeJS.WriteStream)
    : plainLines((line) => void writeLines(stderr, line));
  const above = isTTY ? CLEAR_LINE : '';
  writeAboveLogs(stderr, above);
  return {
    set: (now) => bar.set(now),
    warn(text) {
      stderr.write(above);
      void writeLines(stderr, `${note('yellow', 'warning:')} ${text}`);
    },
    end() {
      bar.end();
      writeAboveLogs(stderr, '');
    },
  };
}

type Bar = Pick<Progress, 'set' | 'end'>;

async function openBar(stream: NodeJS.WriteStream): Promise<Bar> {
  const { cliProgress } = await import('../third-party/cli-progress.ts');
  const bar = new cliProgress.SingleBar({
    stream,
    format: 'Replaying {bar} {value}/{total} records, {failed} failed',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: false,
    // What a handler writes takes the place of the bar: it comes again below.
    forceRedraw: true,
    clearOnComplete: true,
    // The signal is the command's own to heed.
    gracefulExit: false,
  });
  let isOpen = false;
  return {
    set({ records, succeeded, failed }) {
      if (!isOpen) bar.start(records, 0, { failed });
      isOpen = true;
      bar.setTotal(records);
      bar.update(succeeded + failed, { failed });
    },
    end() {
      if (isOpen) bar.stop();
      isOpen = false;
    },
  };
}

function plainLines(write: (text: string) => void): Bar {
  let last = performance.now();
  return {
    set({ records, succeeded, failed }) {
      if (performance.now() - last < PLAIN_EVERY_MS) return;
      last = performance.now();
      write(`Replayed ${succeeded} of ${count(records, 'record')}, ${failed} failed.`);
    },
    end() {},
  };
}

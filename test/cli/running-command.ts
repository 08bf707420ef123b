/** How a command ended, and what it printed. */
export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of `streamlane` that runs: as a process, or inside the test. */
export interface RunningCommand {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits for what it prints, on either output, to match. Rejects if it ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Presses Ctrl-C. */
  interrupt(): void;
  ended(): Promise<CommandEnd>;
}

export interface CommandOptions {
  /** Besides the directory for what runs, which is the test file's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The text on stdin. @defaultValue none */
  readonly input?: string;
  readonly cwd?: string;
}

/** Waits until `output` matches, told by `onText` of each change; rejects when `ended` resolves first. */
export async function seen(
  pattern: RegExp,
  output: () => string,
  changed: () => Promise<unknown>,
  ended: Promise<unknown>,
): Promise<RegExpExecArray> {
  for (;;) {
    const change = changed();
    const match = pattern.exec(output());
    if (match !== null) return match;
    const isOver = await Promise.race([change.then(() => false), ended.then(() => true)]);
    if (!isOver) continue;
    const last = pattern.exec(output());
    if (last !== null) return last;
    throw new Error(`The command ended before ${pattern} was seen:\n${output()}`);
  }
}

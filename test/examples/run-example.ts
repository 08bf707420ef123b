import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** An example as a process of its own, against the built package. */
export interface RunningExample {
  readonly process: ChildProcess;
  /** The output so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits for what it prints to match: stdout, and stderr behind it. Rejects if it ends first. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for its end. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
}

export function runExample(
  name: string,
  {
    args = [],
    env = {},
    nodeArgs = [],
  }: { args?: string[]; env?: Record<string, string>; nodeArgs?: string[] } = {},
): RunningExample {
  const main = fileURLToPath(new URL(`../../examples/${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [...nodeArgs, main, ...args], {
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const closed = once(child, 'close');

  return {
    process: child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async seen(pattern) {
      for (;;) {
        const match = pattern.exec(output.stdout + output.stderr);
        if (match) return match;
        const ended = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          once(child.stderr, 'data').then(() => false),
          closed.then(() => true),
        ]);
        if (ended)
          throw new Error(`${name} ended before ${pattern} was seen:\n${output.stdout}${output.stderr}`);
      }
    },
    async ended() {
      await closed;
      return { code: child.exitCode, signal: child.signalCode, ...output };
    },
  };
}

/** For `nodeArgs`: the example believes that it runs on a platform that Dynoxide is not made for. */
export const withoutDynoxide = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"platform",{value:"sunos"})',
];

/** Leaves out the developer's variables for AWS and logging, which would change the output of an example. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(AWS|POWERTOOLS|INVOICES_LOG|LOG_LEVEL|NODE_)/.test(name),
  );
  return Object.fromEntries(entries);
}

/** The output as the JSON values of its lines; other lines are left out. */
export function jsonLines(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** The events of the records that the printed invocations succeeded with, whatever the batches were. */
export function handled(output: string): string[] {
  return [...output.matchAll(/^([A-Z, ]+): succeeded, \{"batchItemFailures":\[\]\}$/gm)].flatMap(
    ([, events = '']) => events.split(', '),
  );
}

import { fork } from 'node:child_process';
import type { Effort, Group, Progress } from './measures/measure.ts';

/** What a group process tells its parent. */
export type GroupMessage = { readonly doing: string } | { readonly group: Group };

// gc() for a clean heap before each run. Without the second flag, collecting that often makes V8 forget
// compiled code that a warm Lambda sandbox would keep.
const NODE_FLAGS = ['--expose-gc', '--no-flush-bytecode'];

/** Measures one group in a fresh process, so that no group warms or spoils the code of another. */
export function runGroup(id: string, effort: Effort, progress: Progress): Promise<Group> {
  const child = fork(new URL('./group-main.ts', import.meta.url), [id, JSON.stringify(effort)], {
    execArgv: NODE_FLAGS,
  });
  return new Promise((resolve, reject) => {
    let group: Group | undefined;
    child.on('message', (message: GroupMessage) => {
      if ('group' in message) group = message.group;
      else progress(message.doing);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && group !== undefined) resolve(group);
      else reject(new Error(`The process that measures ${id} ended with ${signal ?? code}`));
    });
  });
}

/**
 * A program for `node --eval`: runs the command line it is given for as long as the process that started it lives.
 *
 * Its standard input is a pipe without a writer. The kernel closes that pipe when the starter ends, and it
 * does so for every ending: a return, an uncaught error, Ctrl-C, SIGTERM and even SIGKILL, where no handler of
 * the starter could run. So this is the one place that has to stop a server.
 *
 * It is text, not a module, because a bundled program has no files beside it.
 */
export const LIFELINE: string = `
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(1);
const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
const stop = () => server.kill('SIGKILL'); // an emulator keeps nothing that is worth a graceful end

process.stdin.on('close', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
server.on('error', (error) => {
  console.error(command + ' does not start: ' + error.message);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 0));
`;

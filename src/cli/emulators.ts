import { failure } from './cli-error.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { interrupted } from './io.ts';
import { writeJson } from './output.ts';
import { embeddedServers } from './servers/embedded-servers.ts';
import { runningServers } from './servers/running-servers.ts';

/** Keeps embedded servers running until Ctrl-C. */
export const runEmulators: RunCommand<{ readonly region?: string; readonly json?: true }> = async (
  { io, note },
  _args,
  options,
) => {
  const { env, stdout, stderr, signal } = io;
  const running = await runningServers(env);
  if (running !== undefined) {
    throw failure(
      `Process ${running.pid} runs the embedded servers of this project already. Use those, or stop it first.`,
    );
  }
  await using servers = await embeddedServers(env, options, 'shared');
  if (options.json) {
    writeJson(stdout, servers.environment);
  } else {
    for (const [name, value] of Object.entries(servers.environment)) {
      stdout.write(`export ${name}=${value}\n`);
    }
  }
  stderr.write(
    `${note('green', 'Ready.')} Commands of this project find these servers; ` +
      'other programs need the variables above. Ctrl-C stops them, and what they hold is gone.\n',
  );
  await interrupted(signal);
  return EXIT.ok;
};

import type { RunCommand } from '../command.ts';
import { failure } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { type ResourceFlags, resourcesOf } from '../flags/resource-flags.ts';
import { AcceptedMessages } from '../servers/accepted-messages.ts';
import { embeddedServers } from '../servers/embedded-servers.ts';
import { runningServers } from '../servers/running-servers.ts';
import { shellLines } from '../servers/shell-lines.ts';
import { interrupted } from '../terminal/io.ts';
import { tellWarning, writeJson } from '../terminal/output.ts';
import { withTime } from '../terminal/style.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface EmulatorsFlags extends ResourceFlags {
  readonly region?: string;
  readonly showMessages?: true;
  readonly json?: true;
}

/** Keeps embedded servers running until Ctrl-C. */
export const runEmulators: RunCommand<EmulatorsFlags> = async (context, _args, options) => {
  const { io, note, verbose } = context;
  const { env, stdout, stderr, signal } = io;
  const resources = resourcesOf(options);
  const warn = (text: string): void => tellWarning(context, text);
  const running = await runningServers(env, warn);
  if (running !== undefined) {
    throw failure(
      `Process ${running.pid} runs the embedded servers of this project already. Use those, or stop it first.`,
    );
  }
  const line = (text: string): void => void writeLines(stderr, text);
  const messages = new AcceptedMessages({
    style: note,
    areShown: options.showMessages === true,
    areWhole: verbose,
    onPlace: (text) => line(withTime(text, note)),
    onMessage: line,
  });
  await using servers = await embeddedServers(env, options, 'shared', warn, resources, (accepted) =>
    messages.add(accepted),
  );
  if (options.json) {
    writeJson(stdout, servers.environment);
  } else {
    void writeLines(stdout, ...shellLines(servers.environment));
  }
  void writeLines(
    stderr,
    `${note('green', 'Ready.')} Commands of this project find these servers; ` +
      'other programs need the variables above. Ctrl-C stops them and deletes their data.',
  );
  await Promise.race([interrupted(signal), servers.ended]);
  messages.flush();
  if (!signal.aborted)
    throw failure('Dynoxide has ended. Start the servers again with: streamlane emulators');
  return EXIT.ok;
};

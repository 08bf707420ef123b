import { type Command, Option } from '../third-party/commander.ts';

/** The options of every command that talks to a server. */
export interface ConnectionFlags {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly aws?: true;
}

/** Declares {@link ConnectionFlags}. */
export function connectionOptions(command: Command): Command {
  return command
    .addOption(
      inGroup('--endpoint <url>', 'A server that speaks the AWS API, such as http://127.0.0.1:8000.'),
    )
    .addOption(inGroup('--region <name>', 'The AWS region.'))
    .addOption(inGroup('--profile <name>', 'A profile of ~/.aws: talk to AWS.'))
    .addOption(inGroup('--aws', 'Talk to AWS, with the credentials of the environment.'));
}

function inGroup(flags: string, meaning: string): Option {
  return new Option(flags, meaning).helpGroup('Servers:');
}

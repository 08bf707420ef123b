import type { CommandDefinition } from '../command.ts';
import { Option } from '../third-party/commander.ts';

export const doctor: CommandDefinition = {
  usage: 'doctor',
  summary: 'Check a deployed function, its mappings, stream, destination and permissions.',
  details:
    'It only reads. If AWS refuses a call, the check is reported as not made. With --router, it also compares the deployment with the code. The exit ' +
    'code is 1 if it finds an error.',
  examples: [
    ['doctor --function on-invoice', 'without the code, for any function behind a DynamoDB stream'],
    ['doctor --function on-invoice:live --router src/handler.ts#handler', 'an alias, against the code'],
    ['doctor --function on-invoice --json --profile production', 'as one line of JSON'],
    ['doctor --policy', 'the IAM policy that it needs'],
  ],
  configure: (command) =>
    command
      .option('--function <name>', 'Name or ARN of the function, with an alias or version if you like.')
      .option('--router <module#export>', 'The router, or the mapping that is derived from it.')
      .option('--json', 'Print one line of JSON.')
      .option('--policy', 'Print the IAM policy that doctor needs, and check nothing.')
      .addOption(new Option('--endpoint <url>', 'A server that speaks the AWS API.').helpGroup('Servers:'))
      .addOption(new Option('--region <name>', 'The AWS region.').helpGroup('Servers:'))
      .addOption(new Option('--profile <name>', 'A profile of ~/.aws.').helpGroup('Servers:')),
  load: async () => (await import('./run-doctor.ts')).runDoctor,
};

import type { CommandDefinition } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { connectionOptions } from '../flags/connection-options.ts';
import { Option } from '../third-party/commander.ts';

export const tail: CommandDefinition = {
  usage: 'tail <table>',
  summary: 'Print each change of a table as it happens, with its differences.',
  details: 'Runs until Ctrl-C. Numbers keep all their digits; sets are shown as lists and binary as base64.',
  examples: [
    ['tail Invoices', 'every change from now on'],
    ['tail Invoices --from TRIM_HORIZON --only modify', 'updates, from the oldest that the stream still has'],
    [
      `tail Invoices --where '{"dynamodb":{"NewImage":{"status":{"S":["PAID"]}}}}'`,
      'changes that match an event pattern, like the filters of a mapping',
    ],
    ['tail Invoices --json | jq .newImage', 'a line of JSON for each change'],
  ],
  configure: (command) =>
    connectionOptions(command)
      .addOption(
        new Option('--from <position>', 'Where to start reading.')
          .choices(['LATEST', 'TRIM_HORIZON'])
          .default('LATEST'),
      )
      .addOption(
        // Not `<events...>`, which would take the table's name behind it for an event.
        new Option(
          '--only <events>',
          'Only these changes: insert, modify, remove, or several with commas.',
        ).argParser(parseEvents),
      )
      .option('--where <pattern>', 'Only changes that match an event pattern, given as JSON.')
      .option('--limit <count>', 'Stop after this number of changes.')
      .option('--json', 'Print a line of JSON for each change.'),
  stopsItself: true,
  load: async () => (await import('./run-tail.ts')).runTail,
};

const EVENTS: readonly string[] = ['insert', 'modify', 'remove'];

function parseEvents(text: string, before: readonly string[] = []): readonly string[] {
  const events = text.split(',').map((event) => event.trim().toLowerCase());
  const wrong = events.find((event) => !EVENTS.includes(event));
  if (wrong === undefined) return [...before, ...events];
  throw usageError(`--only takes ${EVENTS.join(', ')}, got ${wrong}.`);
}

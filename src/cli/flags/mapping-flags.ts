import type { EventSourceMappingOptions } from '../../mapping/options.ts';
import { usageError } from '../errors/cli-error.ts';
import { jsonProblem } from '../errors/json-problem.ts';
import { type Command, Option } from '../third-party/commander.ts';
import { flagOf } from './flag-of.ts';

/** A mapping's options as commander gives them: text, or true and false for flags. */
export type MappingFlags = { readonly [Name in keyof EventSourceMappingOptions]?: string | boolean };

interface MappingFlag {
  /** The placeholder of the flag's value. `''`: the flag alone means true. `'no'`: it means false, the default is true. */
  readonly value: '' | 'no' | `<${string}>`;
  readonly meaning: string;
  /** Reads the text. The mapping checks the value. */
  readonly read: (text: string, flag: string) => unknown;
}

const text: MappingFlag['read'] = (given) => given;

// Text that is not a number stays unchanged, so that the mapping's error shows it.
const number: MappingFlag['read'] = (text) =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

/** Options that only a deployed mapping reads, and that the template says. */
type DeployedOption = 'kmsKeyArn' | 'tags';

/** Options that only a deployed mapping reads: a flag for them does nothing where the mapping runs here. */
const DEPLOYED: readonly string[] = ['metricsConfig'];

/** Every other option of a mapping, by its name: a new one does not compile until it is here. */
const FLAGS: { readonly [Name in Exclude<keyof EventSourceMappingOptions, DeployedOption>]-?: MappingFlag } =
  {
    startingPosition: {
      value: '<position>',
      meaning: 'TRIM_HORIZON or LATEST. (default: LATEST)',
      read: text,
    },
    batchSize: {
      value: '<count>',
      meaning: 'Maximum number of records in an invocation, 1 to 10000. (default: 100)',
      read: number,
    },
    maximumBatchingWindowInSeconds: {
      value: '<seconds>',
      meaning: 'Seconds to wait for a full batch, 0 to 300. (default: 0)',
      read: number,
    },
    parallelizationFactor: {
      value: '<count>',
      meaning: 'Batches of a shard at once, 1 to 10. (default: 1)',
      read: number,
    },
    maximumRetryAttempts: {
      value: '<count>',
      meaning: 'Retries of a failed batch, 0 to 10000; -1: until it expires. (default: -1)',
      read: number,
    },
    maximumRecordAgeInSeconds: {
      value: '<seconds>',
      meaning: 'Age in seconds at which a record is discarded, 60 to 604800; -1: never. (default: -1)',
      read: number,
    },
    bisectBatchOnFunctionError: {
      value: '',
      meaning: 'Halve a batch that failed.',
      read: text,
    },
    functionResponseTypes: {
      value: '<types>',
      meaning:
        'ReportBatchItemFailures, or none: any response is a success. (default: ReportBatchItemFailures)',
      read: (text) => (text === 'none' ? [] : text.split(',')),
    },
    tumblingWindowInSeconds: {
      value: '<seconds>',
      meaning: 'Length of a tumbling window in seconds, 0 to 900; 0: none. (default: 0)',
      read: number,
    },
    destinationConfig: {
      value: '<arn>',
      meaning: 'Where details of discarded records go: ARN of a queue, topic or bucket, or the JSON of AWS.',
      read: (text, flag) => destinationConfig(text.startsWith('{') ? json(text, flag) : text),
    },
    filterCriteria: {
      value: '<json>',
      meaning: 'Which records are delivered: an event pattern, an array of them, or the JSON of AWS.',
      read: (text, flag) => filterCriteria(json(text, flag)),
    },
    enabled: {
      value: 'no',
      meaning: 'Disable the mapping: it keeps its position and reads nothing.',
      read: text,
    },
    metricsConfig: {
      value: '<metrics>',
      meaning: 'EventCount: publish the counts of events, which CloudWatch charges for. Or the JSON of AWS.',
      read: (text, flag) => (text.startsWith('{') ? json(text, flag) : { metrics: text.split(',') }),
    },
  };

// A router reports what failed, and without this Lambda ignores that: failures would count as success.
const DEFAULTS: EventSourceMappingOptions = {
  startingPosition: 'LATEST',
  functionResponseTypes: ['ReportBatchItemFailures'],
};

// Together, and apart from the options of the command.
const GROUP = 'Event source mapping, with the names of AWS:';

/**
 * Declares flags for options of a mapping.
 *
 * @param names all that do something where the mapping runs here, unless given
 * @param own the help of the command for a flag that takes more or has another default there
 */
export function mappingFlags(
  command: Command,
  names: readonly string[] = Object.keys(FLAGS).filter((name) => !DEPLOYED.includes(name)),
  own: { readonly [Name in keyof typeof FLAGS]?: Partial<Pick<MappingFlag, 'value' | 'meaning'>> } = {},
): Command {
  for (const name of names as readonly (keyof typeof FLAGS)[]) {
    const { value, meaning } = { ...FLAGS[name], ...own[name] };
    const flag = flagOf(name);
    const flags = value === 'no' ? flag.replace('--', '--no-') : `${flag} ${value}`.trim();
    command.addOption(new Option(flags, meaning).helpGroup(GROUP));
  }
  return command;
}

/**
 * Reads the options of a mapping, as they were typed.
 *
 * @param defaults the options that were not
 * @throws CliError for JSON that is none; what else is wrong the mapping says
 */
export function readMappingFlags(
  flags: MappingFlags,
  defaults: Partial<EventSourceMappingOptions> = DEFAULTS,
): EventSourceMappingOptions {
  const options: Record<string, unknown> = { ...defaults };
  for (const [name, { read }] of Object.entries(FLAGS)) {
    const given = flags[name as keyof MappingFlags];
    if (given !== undefined) options[name] = typeof given === 'string' ? read(given, flagOf(name)) : given;
  }
  return options as unknown as EventSourceMappingOptions;
}

function json(text: string, flag: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw usageError(
      `${flag} is not JSON: ${jsonProblem(text, cause)}. Quote it for the shell: '{...}'.`,
      cause,
    );
  }
}

/** A text and a reference are the destination itself. */
function destinationConfig(value: unknown): unknown {
  const isDestination = typeof value === 'string' || isReference(value as object);
  return isDestination ? { onFailure: { destination: value } } : value;
}

/** Checks if an object is a reference of CloudFormation, such as `{ Ref: 'Topic' }`. */
export function isReference(value: object): boolean {
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && /^(?:Ref$|Fn::)/.test(name);
}

function filterCriteria(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && ('filters' in value || 'Filters' in value)) return value;
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  return { filters: patterns.map((pattern) => ({ pattern })) };
}

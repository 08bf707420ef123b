import { usageError } from '../errors/cli-error.ts';
import type { Command } from '../third-party/commander.ts';
import { collect } from './collect.ts';
import { type KeyAttribute, parseKeys } from './table-keys.ts';

/** The flags of every command that starts servers: what a handler finds in them besides the table whose stream it reads. */
export interface ResourceFlags {
  readonly createTable?: readonly string[];
  readonly createTopic?: readonly string[];
  readonly createQueue?: readonly string[];
  readonly createBucket?: readonly string[];
}

/** Declares {@link ResourceFlags}. */
export function resourceOptions(command: Command): Command {
  return command
    .option(
      '--create-table <name=keys[=VARIABLE]>',
      'Create a table, as in AppAudit=itemKey,position, and export its name: APP_AUDIT_TABLE. Can be repeated.',
      collect,
    )
    .option(
      '--create-topic <name[=VARIABLE]>',
      'Create a topic, and export its ARN: PAYMENTS_TOPIC_ARN for payments. Can be repeated.',
      collect,
    )
    .option(
      '--create-queue <name[=VARIABLE]>',
      'Create a queue, and export its URL: FAILED_QUEUE_URL for failed. Can be repeated.',
      collect,
    )
    .option(
      '--create-bucket <name[=VARIABLE]>',
      'Create a bucket, and export its name: FILES_BUCKET for files. Can be repeated.',
      collect,
    );
}

/** The kinds that can be created. */
export type Kind = 'table' | 'topic' | 'queue' | 'bucket';

/** A table, topic, queue or bucket to create. */
export interface Resource {
  readonly kind: Kind;
  readonly name: string;
  /** The variable that it is exported as. */
  readonly variable: string;
  /** Of a table. */
  readonly keys?: readonly KeyAttribute[];
}

const KINDS: Readonly<
  Record<Kind, { readonly suffix: string; readonly name: RegExp; readonly expected: string }>
> = {
  table: {
    suffix: '',
    name: /^[\w.-]{3,255}$/,
    expected: '3 to 255 letters, digits, -, _ and dots, and its keys, such as AppAudit=itemKey,position',
  },
  topic: {
    suffix: '_ARN',
    name: /^[\w-]{1,251}(\.fifo)?$/,
    expected: 'letters, digits, - and _, with .fifo at the end for a FIFO topic',
  },
  queue: {
    suffix: '_URL',
    name: /^[\w-]{1,75}(\.fifo)?$/,
    expected: 'letters, digits, - and _, with .fifo at the end for a FIFO queue',
  },
  bucket: {
    suffix: '',
    name: /^(?!.*\.\.)[a-z\d][a-z\d.-]{1,61}[a-z\d]$/,
    expected: '3 to 63 lowercase letters, digits, - and single dots',
  },
};

/**
 * Reads which tables, topics, queues and buckets are to be created.
 *
 * @throws CliError
 */
export function resourcesOf({
  createTable = [],
  createTopic = [],
  createQueue = [],
  createBucket = [],
}: ResourceFlags): readonly Resource[] {
  const resources = [
    ...createTable.map(tableOf),
    ...createTopic.map((text) => resourceOf('topic', text)),
    ...createQueue.map((text) => resourceOf('queue', text)),
    ...createBucket.map((text) => resourceOf('bucket', text)),
  ];
  const variables = resources.flatMap(({ kind, variable }) =>
    kind === 'queue' ? [variable, arnVariableOf(variable)] : [variable],
  );
  for (const [index, variable] of variables.entries()) {
    if (variables.indexOf(variable) === index) continue;
    throw usageError(
      `Two of the resources to create have the variable ${variable}. Name a variable, as in --create-topic payments=PAYMENTS.`,
    );
  }
  return resources;
}

/** Names the variable with the ARN of a queue, by the one with its URL. */
export function arnVariableOf(variable: string): string {
  return `${variable.replace(/_URL$/, '')}_ARN`;
}

/** Reads `AppAudit=itemKey,position`, with a variable behind another `=` if there is one. */
function tableOf(text: string): Resource {
  const [name = '', keys, ...variable] = text.split('=');
  const table = resourceOf('table', [name, ...variable].join('='));
  if (keys !== undefined) return { ...table, keys: parseKeys(keys) };
  throw usageError(
    `--create-table takes the keys after the name, such as ${name}=id or ${name}=pk,sk, got ${name}.`,
  );
}

function resourceOf(kind: Kind, text: string): Resource {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  const variable = at === -1 ? variableOf(kind, name) : text.slice(at + 1);
  if (!KINDS[kind].name.test(name)) {
    throw usageError(`--create-${kind} takes a name of ${KINDS[kind].expected}, got ${name}.`);
  }
  if (/^[A-Za-z_]\w*$/.test(variable)) return { kind, name, variable };
  throw usageError(
    `--create-${kind} takes a variable after the name, such as ${name}=NAME, got ${variable}.`,
  );
}

/** `DEAD_LETTER_QUEUE_URL` for the queues `dead-letter` and `dead-letter-queue.fifo`, `APP_AUDIT_TABLE` for the table `AppAudit`. */
function variableOf(kind: Kind, name: string): string {
  const words = (kind === 'table' ? name.replaceAll(/([a-z\d])(?=[A-Z])/g, '$1_') : name)
    .replace(/\.fifo$/, '')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '');
  if (words.at(-1)?.toLowerCase() !== kind) words.push(kind);
  const variable = `${words.join('_').toUpperCase()}${KINDS[kind].suffix}`;
  return /^\d/.test(variable) ? `_${variable}` : variable;
}

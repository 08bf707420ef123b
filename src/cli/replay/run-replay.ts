import type { ConfigurationError } from '../../errors.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { parseDocuments } from '../../replay/parse-documents.ts';
import { replay } from '../../replay/replay.ts';
import type { ReplayOptions } from '../../replay/replay-options.ts';
import { isS3Uri } from '../../replay/sources/bucket-source.ts';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { type EnvironmentFlags, loadVariables } from '../flags/environment-flags.ts';
import { readMappingFlags } from '../flags/mapping-flags.ts';
import { loadHandler, requireModulePath } from '../load-handler.ts';
import { readText } from '../read-text.ts';
import { connect } from '../servers/connect.ts';
import { TABLES } from '../servers/packages.ts';
import type { CliIo } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { openProgress } from './progress.ts';
import { isQueueName, requireServerOf, urlOfQueue } from './queue-name.ts';
import { writeSummary } from './summary.ts';
import { thrownErrors } from './thrown-errors.ts';

export interface ReplayFlags extends ConnectionFlags, EnvironmentFlags {
  readonly queue?: string;
  readonly handler?: string;
  readonly dryRun?: true;
  readonly batchSize: string;
  readonly filterCriteria?: string;
  readonly allowCountMismatch?: true;
  readonly newestOnly?: true;
  readonly deleteObjects?: true;
  readonly partialResponses: boolean;
  readonly timeout: string;
  readonly functionName?: string;
  readonly visibilityTimeout: string;
  readonly json?: true;
}

/** Hands records that failed to a handler once more. */
export const runReplay: RunCommand<ReplayFlags> = async (context, paths, options) => {
  const { io } = context;
  const { dryRun = false } = options;
  const target = sourceOf(paths, options);
  const named = options.queue !== undefined && isQueueName(options.queue) ? options.queue : undefined;
  if (options.handler === undefined && !dryRun) {
    throw usageError('Name the handler with --handler <module#export>, or use --dry-run.');
  }
  if (options.handler !== undefined) requireModulePath(options.handler);
  const settings = settingsOf(options);
  const variables = await loadVariables(context, options);
  const source = target ?? (await documentsOf(paths, io));
  await using connection = await connect(context, options, {
    writes: !dryRun,
    needs: clientsFor(source, options),
    unnamed: variables.unnamed,
  });
  // Before the handler's module is imported: that is where clients are made.
  variables.add(connection.environment);
  const { endpoint, credentials, region } = connection.streams;
  const queueEndpoint = connection.sqs.endpoint;
  if (source.queueUrl !== undefined) requireServerOf(source.queueUrl, connection);
  const queueUrl = named && (await urlOfQueue(named, connection));
  const s3Endpoint = connection.s3.endpoint;
  const tableEndpoint = connection.dynamodb.endpoint;
  const progress = await openProgress(context);
  const errors = thrownErrors();
  try {
    const handler = dryRun ? undefined : await loadHandler(options.handler as string);
    const summary = await replay({
      ...source,
      ...(queueUrl !== undefined && { queueUrl }),
      ...settings,
      dryRun,
      ...(handler !== undefined && { handler }),
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials !== undefined && { credentials }),
      ...(region !== undefined && { region }),
      ...(queueEndpoint !== undefined && { queueEndpoint }),
      ...(s3Endpoint !== undefined && { s3Endpoint }),
      ...(tableEndpoint !== undefined && { tableEndpoint }),
      signal: io.signal,
      onProgress: (now) => progress.set(now),
      onProblem: (operation, error) => progress.warn(`${operation}: ${thrownText(error)}`),
    });
    progress.end();
    const explained = summary.messages.map((message) => errors.explain(message));
    if (options.json) {
      for (const { failures, ...message } of explained) {
        // Keys are of an item. A dry run is asked for them.
        const named = failures?.map(({ keys: _keys, ...failure }) => failure);
        writeJson(io.stdout, {
          type: 'message',
          ...message,
          ...(named !== undefined && { failures: named }),
        });
      }
      const { messages, durationMs, ...totals } = summary;
      writeJson(io.stdout, {
        type: 'summary',
        messages: messages.length,
        ...totals,
        durationMs: Math.round(durationMs),
      });
    } else {
      await writeSummary(context, { ...summary, messages: explained }, dryRun);
    }
    if (io.signal.aborted) return EXIT.interrupted;
    return summary.remaining > 0 || summary.deadLettered > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    errors.stop();
    progress.end();
  }
};

/** The clients that are used for certain; which records have to be read from their stream is known later. */
function clientsFor({ s3Uri }: Source, { queue, newestOnly }: ReplayFlags): readonly string[] {
  return [
    ...(queue === undefined ? [] : ['@aws-sdk/client-sqs']),
    ...(s3Uri === undefined ? [] : ['@aws-sdk/client-s3']),
    ...(newestOnly ? TABLES : []),
  ];
}

function settingsOf(options: ReplayFlags) {
  const {
    allowCountMismatch = false,
    newestOnly = false,
    partialResponses,
    functionName,
    filterCriteria,
  } = options;
  const mapping = readMappingFlags(filterCriteria === undefined ? {} : { filterCriteria });
  return {
    allowCountMismatch,
    newestOnly,
    partialResponses,
    batchSize: numberOf('--batch-size', options.batchSize, 1, 10_000),
    timeoutSeconds: numberOf('--timeout', options.timeout, 0.001, 5400),
    visibilityTimeoutSeconds: numberOf('--visibility-timeout', options.visibilityTimeout, 3, 43_200),
    ...(functionName !== undefined && { functionName }),
    ...(mapping.filterCriteria !== undefined && { filterCriteria: mapping.filterCriteria }),
  };
}

function numberOf(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (number >= least && number <= most && (Number.isInteger(number) || least < 1)) return number;
  throw usageError(`${flag} has to be a number from ${least} to ${most}, got ${text}.`);
}

type Source = Pick<ReplayOptions, 'documents' | 's3Uri' | 'deleteObjects' | 'queueUrl'>;

/**
 * Finds the source of the replay, before anything is read: the documents of files, the objects of a bucket, or the messages of
 * a queue.
 *
 * @throws CliError
 */
function sourceOf(paths: readonly string[], { queue, deleteObjects }: ReplayFlags): Source | undefined {
  if ((paths.length === 0) === (queue === undefined)) {
    throw usageError(
      'Name one source: files with documents, s3://bucket/prefix or --queue <name, URL or ARN>.',
    );
  }
  const s3Uri = paths.find((path) => path.startsWith('s3:'));
  if (deleteObjects && s3Uri === undefined) {
    throw usageError('--delete-objects is for the objects below s3://bucket/prefix. Leave it out.');
  }
  if (queue !== undefined) return isQueueName(queue) ? {} : { queueUrl: urlOf(queue) };
  if (s3Uri === undefined) return undefined;
  if (paths.length > 1) throw usageError(`Name ${s3Uri} alone: a bucket and files cannot be mixed.`);
  if (!isS3Uri(s3Uri)) throw usageError(`A bucket is named as s3://bucket/prefix, got ${s3Uri}.`);
  return { s3Uri, ...(deleteObjects && { deleteObjects }) };
}

async function documentsOf(paths: readonly string[], io: CliIo): Promise<Source> {
  const documents: unknown[] = [];
  for (const path of paths) for (const document of await documentsIn(path, io)) documents.push(document);
  return { documents };
}

function urlOf(queue: string): string {
  if (/^https?:/.test(queue) && URL.canParse(queue)) return queue;
  throw usageError(`--queue has to be the name, the URL or the ARN of an SQS queue, got ${queue}.`);
}

async function documentsIn(path: string, io: CliIo): Promise<readonly unknown[]> {
  const text = await readText(path, path === '-' ? 'The text on stdin' : path, io);
  try {
    return parseDocuments(text);
  } catch (cause) {
    throw usageError(`${path}: ${(cause as ConfigurationError).problem}`, cause);
  }
}

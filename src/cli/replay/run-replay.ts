import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { readDocuments } from '../../replay/read-documents.ts';
import { replay } from '../../replay/replay.ts';
import { usageError } from '../cli-error.ts';
import type { RunCommand } from '../command.ts';
import { readMappingFlags } from '../dev/mapping-flags.ts';
import { EXIT } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { loadHandler, requireModulePath } from '../load-handler.ts';
import { writeJson } from '../output.ts';
import { connect } from '../servers/connect.ts';
import type { ConnectionFlags } from '../servers/connection-options.ts';
import { openProgress } from './progress.ts';
import { writeSummary } from './summary.ts';

export interface ReplayFlags extends ConnectionFlags {
  readonly queue?: string;
  readonly handler?: string;
  readonly dryRun?: true;
  readonly batchSize: string;
  readonly filterCriteria?: string;
  readonly asFound?: true;
  readonly partialResponses: boolean;
  readonly timeout: string;
  readonly functionName?: string;
  readonly visibilityTimeout: string;
  readonly json?: true;
}

/** Hands records that failed to a handler once more. */
export const runReplay: RunCommand<ReplayFlags> = async (context, [path], options) => {
  const { io } = context;
  const { queue, dryRun = false } = options;
  if ((path === undefined) === (queue === undefined)) {
    throw usageError('Name either a file with documents or --queue <url>, to say what is replayed.');
  }
  if (options.handler === undefined && !dryRun) {
    throw usageError('Name the handler with --handler <module#export>, or use --dry-run.');
  }
  if (options.handler !== undefined) requireModulePath(options.handler);
  const settings = settingsOf(options);
  const source = path === undefined ? { queueUrl: urlOf(queue) } : { documents: await documentsIn(path, io) };
  await using connection = await connect(context, options);
  // Before the handler's module is imported: that is where clients are made.
  Object.assign(io.env, connection.environment);
  const { endpoint, credentials, region } = connection.streams;
  const queueEndpoint = connection.sqs.endpoint;
  const progress = await openProgress(context);
  try {
    const handler = dryRun ? undefined : await loadHandler(options.handler as string);
    const summary = await replay({
      ...source,
      ...settings,
      dryRun,
      ...(handler !== undefined && { handler }),
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials !== undefined && { credentials }),
      ...(region !== undefined && { region }),
      ...(queueEndpoint !== undefined && { queueEndpoint }),
      signal: io.signal,
      onProgress: (now) => progress.set(now),
      onProblem: (operation, error) => progress.warn(`${operation}: ${(error as Error).message}`),
    });
    progress.end();
    if (options.json) {
      for (const message of summary.messages) writeJson(io.stdout, { type: 'message', ...message });
      const { messages, durationMs, ...totals } = summary;
      writeJson(io.stdout, {
        type: 'summary',
        messages: messages.length,
        ...totals,
        durationMs: Math.round(durationMs),
      });
    } else {
      await writeSummary(context, summary, dryRun);
    }
    if (io.signal.aborted) return EXIT.interrupted;
    return summary.stayed > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    progress.end();
  }
};

function settingsOf(options: ReplayFlags) {
  const { asFound = false, partialResponses, functionName, filterCriteria } = options;
  const mapping = readMappingFlags(filterCriteria === undefined ? {} : { filterCriteria });
  return {
    asFound,
    partialResponses,
    batchSize: numberOf('--batch-size', options.batchSize, 1, 10_000),
    timeoutSeconds: numberOf('--timeout', options.timeout, 0.001, 900),
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

function urlOf(queue = ''): string {
  if (/^https?:/.test(queue) && URL.canParse(queue)) return queue;
  throw usageError(`--queue has to be the URL of an SQS queue, got ${queue}.`);
}

async function documentsIn(path: string, io: CliIo): Promise<readonly unknown[]> {
  try {
    return readDocuments(path === '-' ? await textOf(io.stdin) : await readFile(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'INVALID_DOCUMENTS') throw usageError(message.replace(/^replay: /, `${path}: `), cause);
    throw usageError(
      code === 'ENOENT'
        ? `There is no file ${path}. Paths are relative to ${process.cwd()}.`
        : `${path} cannot be read: ${message}.`,
      cause,
    );
  }
}

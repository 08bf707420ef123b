import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordFailedMessage } from '../../batch/record-failed.ts';
import { parseResponse, readBatchResponse } from '../../delivery/batch-response.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { StreamlaneError } from '../../errors.ts';
import { isInstance, partOf } from '../../failure/content-free-cause.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { localFunction } from '../../local/handler/local-function.ts';
import type { CommandContext, RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import { variableHint } from '../errors/missing-variable.ts';
import { placeIn } from '../errors/place-in.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { type EnvironmentFlags, loadVariables } from '../flags/environment-flags.ts';
import { loadHandler, requireModulePath } from '../load-handler.ts';
import { connect } from '../servers/connect.ts';
import type { Connection } from '../servers/connection.ts';
import { writeJson } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { readPayload } from './read-payload.ts';

export interface InvokeFlags extends ConnectionFlags, EnvironmentFlags {
  readonly timeout: string;
  readonly json?: true;
}

const IDENTITY = {
  functionName: 'local',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:local',
  memoryLimitInMB: 128,
};

/** Invokes a handler once. */
export const runInvoke: RunCommand<InvokeFlags> = async (context, [handler = '', path = ''], options) => {
  const { io } = context;
  const timeoutMs = timeoutOf(options.timeout);
  requireModulePath(handler);
  const variables = await loadVariables(context, options);
  const { event, records } = await readPayload(path, io);
  await using connection = await servers(context, options, variables.unnamed);
  // Before the handler's module is imported: that is where clients are made.
  variables.add(connection?.environment);
  const started = performance.now();
  const invoke = localFunction(await loadHandler(handler), { ...IDENTITY, timeoutMs });
  const { outcome, hints } = await hinted(() => invoke(JSON.stringify(event), randomUUID()));
  const durationMs = Math.round(performance.now() - started);
  const processed = processedOf(outcome, records);
  const isDone = processed === records.length && outcome.type === 'returned';
  if (outcome.type !== 'returned') tellError(context, outcome.error);
  // The handler's own logger has written what the records failed on.
  for (const hint of hints) void writeLines(io.stderr, hint);
  if (options.json) {
    writeJson(io.stdout, {
      outcome: isDone ? 'succeeded' : processed > 0 ? 'partial' : 'failed',
      ...(outcome.type === 'returned' && { response: outcome.response }),
      records: records.length,
      processed,
      durationMs,
    });
  } else {
    if (outcome.type === 'returned') {
      void writeLines(io.stdout, ...JSON.stringify(outcome.response, undefined, 2).split('\n'));
    }
    const verdict = isDone ? `Successfully processed ${processed} records.` : unfinished(processed, records);
    void writeLines(io.stdout, verdict);
  }
  return isDone ? EXIT.ok : EXIT.failed;
};

/** Collects the hints on what the handler or its records failed on: the answer of a router does not say it. */
async function hinted(
  invoke: () => Promise<InvocationOutcome>,
): Promise<{ readonly outcome: InvocationOutcome; readonly hints: ReadonlySet<string> }> {
  const hints = new Set<string>();
  const keep = (error: unknown): void => {
    const hint = variableHint(thrownText(error));
    if (hint !== undefined) hints.add(hint);
  };
  const listen = (published: unknown): void => keep((published as RecordFailedMessage).error);
  subscribe('streamlane:record-failed', listen);
  try {
    const outcome = await invoke();
    if (outcome.type !== 'returned') keep(outcome.error);
    return { outcome, hints };
  } finally {
    unsubscribe('streamlane:record-failed', listen);
  }
}

/** A handler that calls no service needs no servers, so it runs where they are not installed too. */
async function servers(
  context: CommandContext,
  flags: ConnectionFlags,
  unnamed: ReadonlySet<string>,
): Promise<Connection | undefined> {
  try {
    return await connect(context, flags, { start: 'private', unnamed });
  } catch (error) {
    const { cause } = error as Error;
    if (!(cause instanceof StreamlaneError && cause.code === 'MISSING_PEER')) throw error;
    const text = 'The embedded servers are not installed: the handler runs in the environment of this shell.';
    void writeLines(context.io.stderr, context.note('dim', text));
    return undefined;
  }
}

/** Counts the records that are processed, from the first on. A response without batchItemFailures says that all are. */
function processedOf(outcome: InvocationOutcome, records: readonly DynamoDBRecord[]): number {
  if (outcome.type !== 'returned') return 0;
  if (parseResponse(outcome.response).type !== 'identifiers') return records.length;
  const verdict = readBatchResponse(outcome.response, records);
  return verdict.type === 'partial' ? verdict.index : 0;
}

function unfinished(processed: number, records: readonly DynamoDBRecord[]): string {
  const counts = `Processed ${processed} of ${records.length} records.`;
  const first = records[processed];
  if (first === undefined) return counts; // of none
  const { eventID, dynamodb } = first;
  // An event that was written by hand may lack either, or have something else in its place.
  const names = [['event', eventID] as const, ['sequence number', dynamodb?.SequenceNumber] as const]
    .filter(([, id]) => typeof id === 'string')
    .map(([name, id]) => `${name} ${id}`);
  const from = names.length === 0 ? `record ${processed + 1}` : names.join(', ');
  return `${counts} Lambda would deliver again from ${from}.`;
}

function tellError({ io, note, verbose }: CommandContext, error: unknown): void {
  const isError = isInstance(error, Error);
  const text = isError ? thrownText(error) : jsonText(error);
  const at = isError ? placeIn(String(partOf(error, 'stack'))) : undefined;
  const hint = isError && !verbose ? ` (${at === undefined ? '' : `${at}; `}--verbose prints the stack)` : '';
  void writeLines(io.stderr, `${note('red', 'The handler failed:')} ${text}${hint}`);
  if (isError && verbose)
    void writeLines(io.stderr, ...`${error.stack}`.split('\n').map((line) => `  ${line}`));
}

/** A value as JSON, or in words where there is no JSON for it. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? thrownText(value);
  } catch {
    return thrownText(value);
  }
}

function timeoutOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 5400) return seconds * 1000;
  throw usageError(`--timeout has to be a number of seconds, above 0 and at most 5400, got ${text}.`);
}

import type { BatchProcessor } from '@aws-lambda-powertools/batch';
import { Deadline } from '../batch/deadline.ts';
import { type ReportableRecord, validateEvent } from '../batch/event.ts';
import { logFailure } from '../batch/report.ts';
import type { ReportedCheckpoints } from '../batch/reported-checkpoints.ts';
import { runBatch } from '../batch/run-batch.ts';
import { FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { finished } from '../promise/unfinished.ts';
import { isMap } from '../unmarshall/malformed.ts';
import { BatchItemFailures } from './batch-item-failures.ts';
import { type Call, copyOf } from './call.ts';
import { stateOf, withinCall } from './call-state.ts';
import { OWNER, type ProcessorSettings } from './options.ts';
import { attemptRecord, type Hooks } from './record-attempt.ts';

/** The state that a processor keeps from call to call. */
export interface Running {
  readonly settings: ProcessorSettings;
  readonly hooks: Hooks;
  readonly reported: ReportedCheckpoints;
}

/** Runs the records of a call, until they have settled or the deadline is reached. */
export async function runCall(
  processor: BatchProcessor,
  call: Call,
  { settings, hooks, reported }: Running,
): Promise<{ itemFailures: BatchItemFailures; deadline: Deadline }> {
  const { handler, options } = call.input;
  requireArgument(OWNER, 'record handler', handler, FUNCTION, { code: 'INVALID_HANDLER' });
  const startedAt = performance.now();
  await prepare(processor, call);
  const { partitionKey, concurrency } = settings;
  const order = options?.processInParallel === false ? 'shard' : settings.order;
  // The handler reads raw records, so any view type will do.
  const keys = partitionKey === undefined ? undefined : [partitionKey];
  const given = call.input.records as ReportableRecord[];
  const batch = validateEvent({ Records: given }, { owner: OWNER, viewType: 'KEYS_ONLY', keys });
  const places = new Map(batch.received.map((record, index) => [record, index]));
  /** The record that was registered. If user code has changed it since, its copy takes its place. */
  const givenFor = (record: ReportableRecord): ReportableRecord => {
    const place = places.get(record) as number;
    if (!isUnchanged(given[place], record)) given[place] = record;
    return given[place] as ReportableRecord;
  };
  const records = batch.records.map((record) => given[places.get(record) as number] as ReportableRecord);
  const { identifiers } = batch;
  const deadline = new Deadline(options?.context, settings.reserveMs);
  return runBatch(
    settings,
    { startedAt, batch, deadline },
    {
      order,
      concurrency,
      partitionKey,
      reported,
      handle: (record) =>
        attemptRecord(call, givenFor(record), hooks, (_given, error) =>
          logFailure(settings.logger, batch, batch.records.indexOf(record), error),
        ),
      decide(outcome) {
        call.itemFailures = new BatchItemFailures(records, identifiers, outcome.checkpoint);
        return outcome;
      },
      answer: () => ({ itemFailures: call.itemFailures as BatchItemFailures, deadline }),
    },
  );
}

async function prepare(processor: BatchProcessor, call: Call): Promise<void> {
  const prepared: unknown = withinCall(processor, call, () => {
    const result: unknown = processor.prepare();
    // An override may leave records out or wrap the handler.
    const { handler, options, records, errors, failureMessages, successMessages } = stateOf(processor);
    call.input = { handler, options, records: copyOf(records) };
    call.messages = { errors, failureMessages, successMessages };
    return result;
  });
  if (prepared !== undefined) await finished('prepare', prepared, { owner: OWNER });
}

/** The levels that a copy of a record has of its own: record, change, Keys and their values. */
const COPIED_LEVELS = 4;

/** Checks if a record says what its copy says, as far as the copy goes. Images are the same objects, unless they were replaced. */
function isUnchanged(value: unknown, copy: unknown, levels: number = COPIED_LEVELS): boolean {
  if (Object.is(value, copy)) return true;
  if (levels === 0 || !isMap(value) || !isMap(copy)) return false;
  try {
    const names = Object.keys(copy);
    return (
      Object.keys(value).length === names.length &&
      names.every((name) => isUnchanged(value[name], copy[name], levels - 1))
    );
  } catch {
    // A getter that throws.
    return false;
  }
}

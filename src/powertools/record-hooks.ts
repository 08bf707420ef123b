import type { BatchProcessor } from '@aws-lambda-powertools/batch';
import type { EventSourceDataClassTypes } from '@aws-lambda-powertools/batch/types';
import { ConfigurationError, DeadlineError } from '../errors.ts';
import { kindOf } from '../options/kind-of.ts';
import { type Entry, isEntry } from './call.ts';
import { withinCall } from './call-state.ts';
import { OWNER, type Parsing, type ProcessorSettings } from './options.ts';
import type { Hooks } from './record-attempt.ts';

/**
 * The hooks of a processor, as far as a subclass overrides them, and their defaults.
 *
 * @param base the methods as they are without a subclass
 */
export function recordHooks(
  processor: BatchProcessor,
  base: BatchProcessor,
  settings: ProcessorSettings,
): Hooks {
  const { parsing, reserveMs } = settings;
  return {
    start: (call, record) => {
      if (processor.processRecord !== base.processRecord) {
        return withinCall(processor, call, () => processor.processRecord(record));
      }
      // Without processRecord, which makes a promise even where the record handler is synchronous.
      const { handler, options } = call.input;
      if (parsing === undefined) {
        return handler(processor.toBatchType(record, processor.eventType), options?.context);
      }
      return parsedRecord(processor, record, settings, parsing).then((parsed) => {
        // No handler starts behind a parser that was slow.
        if (call.itemFailures !== undefined) throw new DeadlineError(reserveMs);
        return handler(parsed, options?.context);
      });
    },
    succeeded: (call, record, result) => {
      if (processor.processRecord !== base.processRecord) return entryOfOverride(result);
      if (processor.successHandler !== base.successHandler) {
        return withinCall(processor, call, () => processor.successHandler(record, result));
      }
      // Nearly always. Each access to the state of Powertools reads environment variables, which took four times as
      // long as the rest of a batch of 10,000 synchronous handlers.
      call.messages.successMessages.push(record);
      return undefined;
    },
    failed: (call, record, error) =>
      withinCall(processor, call, () => processor.failureHandler(record, error)),
  };
}

/** Gives the record that the parser made, as the record handler gets it. */
export async function parsedRecord(
  processor: BatchProcessor,
  record: EventSourceDataClassTypes,
  { logger }: ProcessorSettings,
  parsing: Parsing,
): Promise<unknown> {
  const parsed = await parsing.parser(record, 'DynamoDBStreams', logger, parsing as never);
  return processor.toBatchType(parsed, processor.eventType);
}

/** An override of `processRecord` alone knows what became of the record, so it has to say it. */
function entryOfOverride(result: unknown): Entry {
  if (isEntry(result)) return result;
  throw new ConfigurationError(
    'INVALID_OVERRIDE',
    'processRecord of a subclass has to return what successHandler or failureHandler returned, ' +
      `got ${kindOf(result)}. The record counts as failed.`,
    { owner: OWNER },
  );
}

import { type Attributes, metrics } from '@opentelemetry/api';
import type { BatchSummary } from '../batch/options.ts';
import { BOOLEAN, type Checks, isPlainObject } from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';

/** The options of {@link batchMetrics}. */
export interface BatchMetricsOptions {
  /** Further attributes of each measurement, such as the name of the table. */
  readonly attributes?: Attributes;
  /**
   * Counts the records of each entity, with the attribute `streamlane.entity`, for a table that declares entities.
   *
   * @defaultValue false
   */
  readonly entities?: boolean;
}

const CHECKS: Checks = {
  attributes: { expected: 'an object of attributes', accepts: isPlainObject },
  entities: BOOLEAN,
};

/** The outcome of a record, and the members of a summary that count it. */
interface Counts {
  readonly records: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly deadLettered: number;
}

/**
 * Measures batches with OpenTelemetry: hand it to a router as `onBatch`. It uses the global meter provider.
 *
 * | metric | instrument | unit | value |
 * | --- | --- | --- | --- |
 * | `streamlane.records` | counter | `{record}` | records, by `streamlane.outcome`: `succeeded`, `failed`, `dead_lettered`, `unfinished` |
 * | `streamlane.batch.duration` | histogram | `s` | how long the batch took |
 * | `streamlane.batch.lag` | histogram | `s` | now minus the creation of the batch's last record; not there if the record does not say |
 *
 * Lambda freezes the sandbox after the answer, so the SDK has to export before: AwsLambdaInstrumentation flushes it.
 * Measuring never fails a batch.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>({ onBatch: batchMetrics() })
 *   .onInsert(({ newImage }) => announce(newImage));
 * ```
 * @see https://opentelemetry.io/docs/specs/semconv/general/metrics/
 */
export function batchMetrics(options: BatchMetricsOptions = {}): (summary: BatchSummary) => void {
  checkOptions('batchMetrics', options, CHECKS);
  const { attributes = {}, entities = false } = options;
  return (summary) =>
    ignoreErrors(() => {
      // Instruments are made once for each name: later calls return the same one. A provider that is set later is used then.
      const meter = metrics.getMeter('streamlane');
      const counter = meter.createCounter('streamlane.records', {
        unit: '{record}',
        description: 'Records of the stream, by outcome.',
      });
      const count = (counts: Counts, more: Attributes = {}): void => {
        for (const [outcome, records] of outcomesOf(counts)) {
          if (records > 0) counter.add(records, { ...attributes, ...more, 'streamlane.outcome': outcome });
        }
      };
      if (entities) {
        const { byEntity, rest } = splitByEntity(summary);
        for (const [entity, counts] of byEntity) count(counts, { 'streamlane.entity': entity });
        count(rest);
      } else {
        count(summary);
      }
      meter
        .createHistogram('streamlane.batch.duration', { unit: 's', description: 'Duration of a batch.' })
        .record(summary.durationMs / 1000, attributes);
      if (summary.lagMs === undefined) return;
      meter
        .createHistogram('streamlane.batch.lag', {
          unit: 's',
          description: "From the creation of a batch's last record until its end.",
        })
        // A record is dated to the second, so it may seem to come from the future.
        .record(Math.max(0, summary.lagMs) / 1000, attributes);
    });
}

function outcomesOf({ records, succeeded, failed, deadLettered }: Counts): [outcome: string, number][] {
  return [
    ['succeeded', succeeded],
    ['failed', failed],
    ['dead_lettered', deadLettered],
    ['unfinished', records - succeeded - failed - deadLettered],
  ];
}

/** The counts of each entity, and those of the records that belong to none. */
function splitByEntity(summary: BatchSummary): {
  readonly byEntity: readonly [string, Counts][];
  readonly rest: Counts;
} {
  const byEntity = Object.entries(summary.byEntity());
  const left = (name: keyof Counts): number =>
    byEntity.reduce((sum, [, counts]) => sum - counts[name], summary[name]);
  const rest = {
    records: left('records'),
    succeeded: left('succeeded'),
    failed: left('failed'),
    deadLettered: left('deadLettered'),
  };
  return { byEntity, rest };
}

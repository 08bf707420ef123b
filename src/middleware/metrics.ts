// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import type { BatchSummary } from '../batch/options.ts';
import { BOOLEAN, type Check, type Checks, objectWith, TEXT } from '../options/check.ts';
import { checkOptions, requireArgument } from '../options/check-options.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, finished as unlessUnfinished } from '../promise/unfinished.ts';

/** The methods that are needed of Powertools' `Metrics`, or of anything like it. They may return promises. */
export interface MetricsSink {
  /** Adds one value of a metric. */
  addMetric(name: string, unit: 'Count' | 'Milliseconds', value: number): unknown;
  /** Publishes the metrics that were added. */
  publishStoredMetrics(): unknown;
}

/** How {@link metrics} names and publishes. */
export interface MetricsOptions {
  /**
   * The text before each name, such as `'Invoices'` for `InvoicesRecords`.
   *
   * @defaultValue nothing
   */
  readonly prefix?: string;
  /**
   * Publishes at the end of each batch. `false` where something else does, such as Powertools' `logMetrics`.
   *
   * @defaultValue true
   */
  readonly publish?: boolean;
  /**
   * Counts the records of each entity as well, for a table that declares entities.
   *
   * @defaultValue false
   */
  readonly entities?: boolean;
}

const { expected, accepts } = objectWith(['addMetric', 'publishStoredMetrics']);
const METRICS: Check = {
  expected: `a Metrics of @aws-lambda-powertools/metrics, or ${expected}`,
  accepts,
};

const CHECKS: Checks = { prefix: TEXT, publish: BOOLEAN, entities: BOOLEAN };

/**
 * Counts batches with Powertools Metrics: hand it to a router as `onBatch`. Metrics that were added meanwhile, by handlers for
 * instance, are published together with it. A sink may be asynchronous: the router waits for it, within its time.
 *
 * A batch adds one value to each metric. Handlers may add more than one log entry can hold: Powertools Metrics writes
 * an entry whenever a metric has 100 values, or there are 100 metrics, and starts the next one.
 *
 * | metric | unit | value |
 * | --- | --- | --- |
 * | `Records` | Count | records in the batch |
 * | `RecordsSucceeded` | Count | handled in this invocation |
 * | `RecordsFailed` | Count | threw or rejected |
 * | `RecordsDeadLettered` | Count | failed, and a dead letter about them was accepted |
 * | `RecordsUnfinished` | Count | not started, or in flight at the deadline |
 * | `BatchDuration` | Milliseconds | how long the batch took |
 * | `Lag` | Milliseconds | now minus the creation of the batch's last record; not there when the record does not say |
 *
 * With `entities: true` there are further metrics. Each entity with records in the batch has four; the name of the entity
 * stands behind a dot:
 *
 * | metric | unit | value |
 * | --- | --- | --- |
 * | `Records.order` | Count | records of the entity `order` in the batch |
 * | `RecordsSucceeded.order` | Count | of these, handled in this invocation |
 * | `RecordsFailed.order` | Count | of these, threw or rejected |
 * | `RecordsDeadLettered.order` | Count | of these, failed, and a dead letter about them was accepted |
 * | `RecordsUnknownEntity` | Count | records that belong to no entity |
 *
 * It is not a record middleware: a batch has one duration and one lag, and the checkpoint is known at its end only.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const powertools = new Metrics({ namespace: 'invoices', serviceName: 'announcer' });
 *
 * export const handler = streamRouter<Invoice>({ onBatch: metrics(powertools) })
 *   .onInsert(({ newImage }) => announce(newImage));
 * ```
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/metrics/
 */
export function metrics(
  sink: MetricsSink,
  options: MetricsOptions = {},
): (summary: BatchSummary) => Promise<void> {
  requireArgument('metrics', 'sink', sink, METRICS);
  checkOptions('metrics', options, CHECKS);
  const { prefix = '', publish = true, entities = false } = options;
  return async (summary) => {
    const found = entities ? [...metricsOf(summary), ...entityMetricsOf(summary)] : metricsOf(summary);
    for (const [name, unit, value] of found) {
      const adding = sink.addMetric(`${prefix}${name}`, unit, value);
      // With a synchronous sink nothing waits, so that no other batch comes between these metrics.
      if (isThenable(adding) || isUnfinished(adding)) await finished('addMetric', adding);
    }
    if (publish) await finished('publishStoredMetrics', sink.publishStoredMetrics());
  };
}

function finished(method: string, result: unknown): Promise<void> {
  return unlessUnfinished(method, result, { owner: 'metrics' });
}

type Metric = [name: string, unit: 'Count' | 'Milliseconds', value: number];

function metricsOf(summary: BatchSummary): Metric[] {
  const { records, succeeded, failed, deadLettered, durationMs, lagMs } = summary;
  const found: Metric[] = [
    ['Records', 'Count', records],
    ['RecordsSucceeded', 'Count', succeeded],
    ['RecordsFailed', 'Count', failed],
    ['RecordsDeadLettered', 'Count', deadLettered],
    ['RecordsUnfinished', 'Count', records - succeeded - failed - deadLettered],
    ['BatchDuration', 'Milliseconds', durationMs],
  ];
  // A record is dated to the second, so it may seem to come from the future.
  if (lagMs !== undefined) found.push(['Lag', 'Milliseconds', Math.max(0, lagMs)]);
  return found;
}

/** CloudWatch takes any printable ASCII in the name of a metric. */
function entityMetricsOf(summary: BatchSummary): Metric[] {
  const found: Metric[] = [['RecordsUnknownEntity', 'Count', summary.unknownEntity]];
  for (const [entity, { records, succeeded, failed, deadLettered }] of Object.entries(summary.byEntity())) {
    found.push(
      [`Records.${entity}`, 'Count', records],
      [`RecordsSucceeded.${entity}`, 'Count', succeeded],
      [`RecordsFailed.${entity}`, 'Count', failed],
      [`RecordsDeadLettered.${entity}`, 'Count', deadLettered],
    );
  }
  return found;
}

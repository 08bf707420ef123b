export { type BatchMetricsOptions, batchMetrics } from './batch-metrics.ts';
export { traceAttributes } from './trace-attributes.ts';
export { type TracedRecord, type TracingOptions, tracing } from './tracing.ts';

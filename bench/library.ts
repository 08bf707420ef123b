// The bench measures the compiled package, as users run it, not src.

export { type AuditEntry, auditTrail } from '../dist/audit/index.js';
export {
  all,
  atLeast,
  changed,
  defineTable,
  itemOf,
  matches,
  not,
  prefix,
  type StreamRouter,
  streamRouter,
} from '../dist/index.js';
export { deadLetter } from '../dist/middleware/dead-letter.js';
export { metrics } from '../dist/middleware/metrics.js';
export { retry } from '../dist/middleware/retry.js';
export { validate } from '../dist/middleware/validate.js';
export { tracing } from '../dist/opentelemetry/index.js';
export { tableWriter } from '../dist/sinks/dynamodb.js';
export { eventBus } from '../dist/sinks/event-bridge.js';
export { bucketWriter } from '../dist/sinks/s3.js';
export { snsTopic } from '../dist/sinks/sns.js';
export { sqsQueue } from '../dist/sinks/sqs.js';
export { type AttributeMap, unmarshallMap } from '../dist/unmarshall/attribute-value.js';
export { numberReader, type ToNumber } from '../dist/unmarshall/numbers.js';

// It is not public, so that dist has no types of it.
const compiled: string = '../dist/unmarshall/unmarshall.js';
export const { unmarshall }: typeof import('../src/unmarshall/unmarshall.ts') = await import(compiled);

const compiledRecord: string = '../dist/record/lazy-record.js';
export const { LazyRecord }: typeof import('../src/record/lazy-record.ts') = await import(compiledRecord);
const compiledRoute: string = '../dist/router/route.js';
export const { routeOf, runRoutes }: typeof import('../src/router/route.ts') = await import(compiledRoute);

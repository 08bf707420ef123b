import { type Context, context, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { EventHandler } from '../contenders/contender.ts';
import type { BenchItem } from '../data/items.ts';
import { type StreamRouter, streamRouter, tracing } from '../library.ts';
import { alone, type Effort, type GroupPlan, type Measure } from '../run/plan.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';
import { type Handlers, handlerNamed, smallBatchEntrant } from './small-batch.ts';

type BenchRouter = StreamRouter<BenchItem, 'NEW_AND_OLD_IMAGES', Partial<BenchItem>>;

const WITHOUT = 'streamlane without tracing';
const UNSAMPLED = 'streamlane with tracing, unsampled invocation';
const SAMPLED = 'streamlane with tracing, sampled invocation';

const ROUTERS: Handlers = {
  [WITHOUT]: (tally) => addRoutes(streamRouter<BenchItem>({ logger: silentLogger }), tally),
  [UNSAMPLED]: (tally) => underInvocation(TraceFlags.NONE, tracedRouter(tally)),
  [SAMPLED]: (tally) => underInvocation(TraceFlags.SAMPLED, tracedRouter(tally)),
};

export const tracingMeasure: Measure = {
  name: 'tracing',
  title: 'Tracing with OpenTelemetry',
  method:
    'A router with the middleware `tracing` handles a batch within the span of an invocation. The SDK of OpenTelemetry is registered, with its ' +
    'default sampler and a processor that drops the spans. Without tracing, no SDK is registered.',
  plans: (effort) => [planOf(effort)],
};

function planOf({ quick }: Effort): GroupPlan {
  return {
    id: 'tracing/small',
    title: '10,000 small records, both images, asynchronous handlers, with and without tracing',
    unit: 'ms',
    places: alone(...Object.keys(ROUTERS)),
    ...roundsFor('small', quick),
    entrant: (name) => smallBatchEntrant(name, handlerNamed(ROUTERS, name)),
  };
}

function tracedRouter(tally: Tally): EventHandler {
  const router = streamRouter<BenchItem>({ logger: silentLogger }).use(tracing({ parent: 'traceparent' }));
  return addRoutes(router, tally);
}

function addRoutes(router: BenchRouter, tally: Tally): EventHandler {
  return router
    .onInsert(async ({ newImage }) => tally.images(newImage, undefined))
    .onModify(async ({ newImage, oldImage }) => tally.images(newImage, oldImage))
    .onRemove(async ({ oldImage }) => tally.images(undefined, oldImage));
}

/** Registers the SDK, in the process of this entrant, and runs the handler within the span of an invocation. */
function underInvocation(traceFlags: TraceFlags, handler: EventHandler): EventHandler {
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags };
  const invocation: Context = trace.setSpanContext(context.active(), span);
  return (event) => context.with(invocation, () => handler(event));
}

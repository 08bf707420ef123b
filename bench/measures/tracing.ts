import { type Context, context, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { EventHandler } from '../contenders/contender.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import type { BenchItem } from '../data/items.ts';
import { type StreamRouter, streamRouter, tracing } from '../library.ts';
import { alone, type Effort, type Entrant, type GroupPlan, type Measure } from '../run/plan.ts';
import { timed } from '../run/timed.ts';
import { silentLogger } from '../silent-logger.ts';
import { expectedTally, Tally } from '../tally.ts';
import { roundsFor } from './rounds-for.ts';

type BenchRouter = StreamRouter<BenchItem, 'NEW_AND_OLD_IMAGES', Partial<BenchItem>>;

const WITHOUT = 'streamlane without tracing';
const UNSAMPLED = 'streamlane with tracing, unsampled invocation';
const SAMPLED = 'streamlane with tracing, sampled invocation';

const ROUTERS: Readonly<Record<string, (tally: Tally) => EventHandler>> = {
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
    entrant: async (name) => entrantOf(name),
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

function entrantOf(name: string): Entrant {
  const router = ROUTERS[name];
  if (router === undefined) throw new RangeError(`There is no router ${name}`);
  const text = batchText({ profile: 'small', ...FULL_BATCH });
  const parse = (): DynamoDBStreamEvent => JSON.parse(text);
  const tally = new Tally();
  const expected = expectedTally(parse().Records, 'both');
  return timed({
    prepare: () => {
      tally.reset();
      return parse();
    },
    run: router(tally),
    verify: () => tally.verify(name, expected),
  });
}

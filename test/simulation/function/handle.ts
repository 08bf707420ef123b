import type { Route } from '../model/scenario.ts';
import type { Change } from '../model/table.ts';
import { type Halting, monotonicNow, never, sleep, work } from '../world/clock.ts';
import type { Invocation } from '../world/journal.ts';
import type { World } from '../world/world.ts';
import { isLateCall } from './late-call.ts';

/** The call of a handler, from any entry point. */
export interface HandlerCall {
  readonly index: number;
  readonly route: number;
  readonly invocation: Invocation;
  /** Read when the handler waits, because the signal is created when it is read. */
  readonly signal: () => AbortSignal | undefined;
  /** Reads the images, which may fail. */
  readonly read: () => unknown;
  /** Changes what the handler got. */
  readonly mutate: () => void;
  /** Changes the event where the record was: it has failed, and nothing reads it again. */
  readonly spoil?: () => void;
  /** Sends to the route's sink. */
  readonly send: ((route: Route) => Promise<void>) | undefined;
}

/** Milliseconds that a note of `idempotent` takes. */
const NOTE_MS = 3;

/** Milliseconds that reach beyond every deadline of a short invocation. */
const LONG_MS = 3000;

/** Handles a record as the scenario's luck has it. */
export function handle(world: World, sandbox: Halting, call: HandlerCall): unknown {
  if (sandbox.dead) return never();
  const { random, journal, history, scenario } = world;
  const { fn } = scenario;
  const { index, route, invocation } = call;
  const attempt = world.nextAttempt(`handle ${index} ${route}`);
  const labels = [index, route, attempt] as const;
  history.note(`change ${index} begins at route ${route}, attempt ${attempt}`);
  if (isLateCall()) history.violate('12 nothing outside', `change ${index} was started by a late next()`);
  journal.started(index, route, invocation, monotonicNow());
  const fail = (error: unknown): never => {
    history.note(`change ${index} fails at route ${route}`);
    journal.failed(index, invocation, error);
    if (fn.mutates) call.spoil?.();
    throw error;
  };
  try {
    call.read();
  } catch (error) {
    return fail(error);
  }
  if (fn.mutates) call.mutate();
  const outcome = outcomeOf(world, world.changes[index] as Change, labels);
  const finish = (): void => {
    if (outcome !== undefined) fail(outcome.error);
    history.note(`change ${index} completes at route ${route}`);
    // A note of `idempotent` may come too late.
    if (monotonicNow() > invocation.deadlineAt - NOTE_MS) journal.mayRepeat = true;
    journal.completed(index, route, invocation);
  };
  // Not for ever, or the many invocations of one sandbox would never come to an end together.
  const isBusy = attempt < 4 && random.percent(fn.busyPercent, 'busy', ...labels);
  const plan = fn.routes[route];
  const sends = plan !== undefined && plan.sink !== 'none' && call.send !== undefined;
  if (!sends && random.percent(fn.syncPercent, 'sync', ...labels)) {
    history.count('handler is synchronous');
    invocation.waited.delete(index);
    if (isBusy) workFor(world, invocation, labels);
    return finish();
  }
  history.count('handler is asynchronous');
  const isDeaf = random.percent(fn.deafPercent, 'deaf', ...labels);
  const isLong = attempt < 2 && random.percent(isDeaf ? 40 : 5, 'long', ...labels);
  const latencyMs = isLong ? LONG_MS : random.below(10, 'latency', ...labels);
  const run = async (): Promise<void> => {
    if (isBusy) workFor(world, invocation, labels);
    // It may send or complete at once, and never have asked for the signal.
    if (!isBusy || random.percent(50, 'waits', ...labels))
      await sleepUnlessAborted(latencyMs, isDeaf ? undefined : call.signal(), () =>
        history.count('handler obeys the signal'),
      );
    if (sends && outcome === undefined) await call.send?.(plan);
    finish();
  };
  invocation.waited.add(index);
  const running = run().catch((error: unknown) => {
    if (sandbox.dead) return never();
    if (!invocation.failed.has(index)) return fail(error);
    throw error;
  });
  return running;
}

/** Works as code does that never waits: for a while, or until just past the deadline. */
function workFor(
  { random, history }: World,
  { deadlineAt }: Invocation,
  labels: readonly [number, number, number],
): void {
  history.count('handler works without waiting');
  const leftMs = deadlineAt - monotonicNow();
  // Each record at most twice, so that all get their time.
  if (labels[2] < 2 && leftMs < 200 && random.percent(50, 'until the deadline', ...labels)) {
    history.count('handler works until the deadline has passed');
    work(Math.max(0, leftMs) + 1 + random.below(4, 'past the deadline', ...labels));
  } else work(random.below(60, 'work', ...labels));
}

/** Why an attempt fails. Undefined: it does not. */
function outcomeOf(
  { random, scenario, history }: World,
  { poison }: Change,
  labels: readonly [number, number, number],
): { readonly error: unknown } | undefined {
  const permanent = Object.assign(new Error('This can never work.'), { retryable: false });
  if (poison) {
    history.count('handler fails for good, always');
    return { error: permanent };
  }
  if (labels[2] > 2 || !random.percent(scenario.fn.failPercent, 'fails', ...labels)) return undefined;
  const kind = random.below(5, 'how', ...labels);
  history.count(['handler throws undefined', 'handler fails for good'][kind] ?? 'handler fails');
  if (kind === 0) return { error: undefined };
  return { error: kind === 1 ? permanent : new Error('This did not work.') };
}

async function sleepUnlessAborted(
  ms: number,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Promise<void> {
  if (signal === undefined) return sleep(ms);
  if (signal.aborted) throw signal.reason;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      onAbort();
      reject(signal.reason);
    });
  });
}

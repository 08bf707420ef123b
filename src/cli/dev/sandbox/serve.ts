import { resolve } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { HandlerRoutes } from '../../../console/protocol/routes.ts';
import type { LambdaHandler } from '../../../delivery/lambda-handler.ts';
import { handlerModuleOf } from '../../../local/handler/handler-module.ts';
import { type LocalContext, lambdaContext } from '../../../local/handler/lambda-context.ts';
import { environmentNames } from '../../../options/env.ts';
import { loadExports, loadHandler } from '../../load-handler.ts';
import { readHandler } from './handler-routes.ts';
import { InvokeStore } from './invoke-store.ts';
import { loadedFiles } from './loaded-files.ts';
import { MAX_CONCURRENCY } from './max-concurrency.ts';
import { type InvocationRequest, plainError, type SandboxData, type SandboxMessage } from './messages.ts';
import { oneLineEntries } from './one-line-entries.ts';
import { outputRead } from './output-read.ts';
import { publishedFailures } from './published-failures.ts';
import { readableExports } from './readable-exports.ts';
import { entityFinder } from './record-entities.ts';
import type { SpanCollector } from './span-collector.ts';
import { routeFinder } from './taking-routes.ts';

/** The members of a MessagePort that are used here. */
export type SandboxPort = Pick<MessagePort, 'on' | 'postMessage'>;

/** Runs inside a sandbox: loads the handler, then invokes it for each request that comes. */
export async function serve(
  port: SandboxPort,
  { handler: name, code, traces, tellsEntities, tellsRoutes }: SandboxData,
): Promise<void> {
  // The files of a bundle are known where it was made.
  const files = code.type === 'source' ? loadedFiles(resolve(handlerModuleOf(name).path)) : [];
  oneLineEntries(console);
  const failures = publishedFailures(console, [process.stdout, process.stderr]);
  const say = (message: DistributiveOmit<SandboxMessage, 'files'>): void =>
    port.postMessage({ ...message, files: [...files] });
  // Before the handler is loaded, as Lambda's runtime does it.
  const store = process.env[MAX_CONCURRENCY] === undefined ? undefined : InvokeStore.install();
  let handler: LambdaHandler;
  let findEntities: ReturnType<typeof entityFinder>;
  let routes: HandlerRoutes | undefined;
  let findRoutes: ReturnType<typeof routeFinder> | undefined;
  let spans: SpanCollector | undefined;
  try {
    handler = await loadHandler(name, code);
    // Only now is it known if its module has registered a tracer provider.
    if (traces) spans = await (await import('./collect-spans.ts')).collectSpans();
    if (tellsEntities || tellsRoutes) {
      const { exports } = await loadExports(name, code);
      const readable = readableExports(exports);
      if (tellsEntities) findEntities = entityFinder([handler, ...Object.values(readable)]);
      if (tellsRoutes) {
        const read = readHandler(handler, readable);
        routes = read.routes;
        findRoutes = read.router && routeFinder(routes.routesId, read.router);
      }
    }
  } catch (error) {
    const { explain } = await import('../../errors/explain.ts');
    const { message, exitCode } = explain(error);
    say({ type: 'notLoaded', error: { ...plainError(error), message }, exitCode });
    return;
  }
  const invoke = async ({ id, event }: InvocationRequest, context: LocalContext): Promise<void> => {
    // Before the handler, which may change the event.
    if (findEntities !== undefined) say({ type: 'entities', entities: findEntities(event as never) });
    if (findRoutes !== undefined) say({ type: 'taken', taken: findRoutes(event as never) });
    try {
      const answer: unknown = await handler(event, context, undefined as never);
      // As it crosses to Lambda, so that what cannot be JSON fails here.
      const json = JSON.stringify(answer) as string | undefined;
      await outputRead();
      say({
        type: 'returned',
        id,
        response: json === undefined ? null : JSON.parse(json),
        failures: failures.take(),
        traces: spans?.take(),
      });
    } catch (error) {
      await outputRead();
      say({
        type: 'threw',
        id,
        error: plainError(error),
        failures: failures.take(),
        traces: spans?.take(),
      });
    }
  };
  port.on('message', (request: InvocationRequest) => {
    const { requestId, remainingMs: timeoutMs, ...identity } = request.context;
    const context = lambdaContext({ ...identity, timeoutMs }, requestId);
    const traced = (): Promise<void> =>
      spans?.within(() => invoke(request, context)) ?? invoke(request, context);
    const run = (): Promise<void> => failures.within(traced);
    void (store === undefined ? run() : store.runInvocation(context, run));
  });
  const unset = environmentNames().filter((variable) => !process.env[variable]);
  say({ type: 'loaded', unset, ...(routes && { routes }) });
}

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;

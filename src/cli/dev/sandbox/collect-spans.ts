import { createRequire } from 'node:module';
import type * as opentelemetry from '@opentelemetry/api';
import type { Tracer, TracerProvider } from '@opentelemetry/api';
import { failure } from '../../errors/cli-error.ts';
import { isInstalled, requirePackages } from '../../servers/packages.ts';
import type { SpanCollector } from './span-collector.ts';

type Api = typeof opentelemetry;

/** The members that are used of the package of the SDK. Its provider has had two names. */
interface Sdk {
  readonly TracerProvider?: new (options: object) => TracerProvider;
  readonly BasicTracerProvider?: new (options: object) => TracerProvider;
  readonly AlwaysOnSampler: new () => object;
}

/** Where packages are found. */
export interface Packages {
  isInstalled(name: string): boolean;
  import(name: string): Promise<unknown>;
}

const API = '@opentelemetry/api';
const SDK = '@opentelemetry/sdk-trace';
/** Its name until version 2. */
const OLDER_SDK = '@opentelemetry/sdk-trace-base';
const CONTEXTS = '@opentelemetry/context-async-hooks';

const TRACER = 'streamlane dev';

const load = createRequire(import.meta.url);

/**
 * Collects spans from now on: those of the provider that the handler's module has registered, or else of a new one. The handler
 * has to be loaded before.
 *
 * @throws CliError when packages are missing, or when a provider cannot be registered
 */
export async function collectSpans(
  packages: Packages = { isInstalled, import: (name) => import(name) },
): Promise<SpanCollector> {
  if (!packages.isInstalled(API)) requireAll([API, SDK, CONTEXTS], packages);
  const api = await import('@opentelemetry/api');
  const { SpanCollector } = await import('./span-collector.ts');
  const collector = new SpanCollector();
  collector.observe(registeredTracer(api) ?? (await registerProvider(api, packages)));
  return collector;
}

/** A tracer of the provider that is registered. Undefined if there is none. */
function registeredTracer({ trace, ProxyTracerProvider }: Api): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer(TRACER)
    : provider.getTracer(TRACER);
}

/** Registers a provider whose spans go nowhere else. */
async function registerProvider(api: Api, packages: Packages): Promise<Tracer> {
  const name = !packages.isInstalled(SDK) && packages.isInstalled(OLDER_SDK) ? OLDER_SDK : SDK;
  requireAll([name, CONTEXTS], packages);
  const sdk = (await packages.import(name)) as Sdk;
  const Provider = (sdk.TracerProvider ?? sdk.BasicTracerProvider) as NonNullable<Sdk['TracerProvider']>;
  const provider = new Provider({ sampler: new sdk.AlwaysOnSampler() });
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  // The package has a copy for `import` and one for `require`. Tracers that modules of the handler have made wait for a
  // provider of their copy.
  for (const { trace } of [api, load(API) as Api]) {
    (trace.getTracerProvider() as opentelemetry.ProxyTracerProvider).setDelegate(provider);
  }
  if (!api.trace.setGlobalTracerProvider(provider)) {
    throw failure(
      `--traces cannot register a tracer provider, because the handler uses another version of ${API} than streamlane. ` +
        `Install one version for both: npm ls ${API} lists them.`,
    );
  }
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider.getTracer(TRACER);
}

function requireAll(names: readonly string[], packages: Packages): void {
  requirePackages(
    names,
    false,
    (name) => packages.isInstalled(name),
    "The handler's module registers no tracer provider of OpenTelemetry, so --traces makes one. It",
  );
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

type Store = Record<symbol | string, unknown>;

const REQUEST_ID = Symbol.for('_AWS_LAMBDA_REQUEST_ID');
const X_RAY_TRACE_ID = Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID');
const TENANT_ID = Symbol.for('_AWS_LAMBDA_TENANT_ID');

/**
 * Keeps request id and trace of the invocation that runs, where AWS's runtime client keeps them on Managed Instances: the AWS
 * SDK and Powertools read them there.
 *
 * @see https://github.com/awslabs/aws-lambda-invoke-store
 */
export class InvokeStore {
  static readonly PROTECTED_KEYS: Readonly<Record<'REQUEST_ID' | 'X_RAY_TRACE_ID' | 'TENANT_ID', symbol>> = {
    REQUEST_ID,
    X_RAY_TRACE_ID,
    TENANT_ID,
  };
  readonly #stores: AsyncLocalStorage<Store> = new AsyncLocalStorage();

  /** Makes one, as `globalThis.awslambda.InvokeStore`. */
  static install(target: { awslambda?: object } = globalThis): InvokeStore {
    const store = new InvokeStore();
    target.awslambda = { ...target.awslambda, InvokeStore: store };
    return store;
  }

  /** Runs an invocation. */
  runInvocation<Result>(context: Context & { readonly xRayTraceId?: string }, work: () => Result): Result {
    const { awsRequestId, xRayTraceId, tenantId } = context;
    return this.run(
      { [REQUEST_ID]: awsRequestId, [X_RAY_TRACE_ID]: xRayTraceId, [TENANT_ID]: tenantId },
      work,
    );
  }

  run<Result>(store: Store, work: () => Result): Result {
    return this.#stores.run(store, work);
  }

  getContext(): Store | undefined {
    return this.#stores.getStore();
  }

  hasContext(): boolean {
    return this.getContext() !== undefined;
  }

  get(key: symbol | string): unknown {
    return this.getContext()?.[key];
  }

  /** @throws Error outside of an invocation, as AWS's own */
  set(key: symbol | string, value: unknown): void {
    const store = this.getContext();
    if (store === undefined) throw new Error('No context available');
    if (this.isProtectedKey(key)) {
      throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    }
    store[key] = value;
  }

  isProtectedKey(key: symbol | string): boolean {
    return key === REQUEST_ID || key === X_RAY_TRACE_ID || key === TENANT_ID;
  }

  getRequestId(): unknown {
    return this.get(REQUEST_ID) ?? '-';
  }

  getXRayTraceId(): unknown {
    return this.get(X_RAY_TRACE_ID);
  }

  getTenantId(): unknown {
    return this.get(TENANT_ID);
  }
}

import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { InvokeStore } from '../../../../src/cli/dev/sandbox/invoke-store.ts';

const contextOf = (awsRequestId: string): Context & { xRayTraceId: string } =>
  ({ awsRequestId, tenantId: 'a', xRayTraceId: 'Root=1' }) as Context & { xRayTraceId: string };

test('it is where AWS has it, beside what is there', () => {
  const target: { awslambda?: object } = { awslambda: { other: 1 } };
  const store = InvokeStore.install(target);
  expect(target.awslambda).toEqual({ other: 1, InvokeStore: store });
});

test('invocations that overlap read their own values', async () => {
  const store = new InvokeStore();
  const seen = await Promise.all(
    ['1', '2'].map((id) =>
      store.runInvocation(contextOf(id), async () => {
        store.set('key', id);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return [store.getRequestId(), store.getXRayTraceId(), store.getTenantId(), store.get('key')];
      }),
    ),
  );
  expect(seen).toEqual([
    ['1', 'Root=1', 'a', '1'],
    ['2', 'Root=1', 'a', '2'],
  ]);
});

test('outside of an invocation it is empty, and takes nothing', () => {
  const store = new InvokeStore();
  expect([store.getRequestId(), store.getXRayTraceId(), store.hasContext()]).toEqual(['-', undefined, false]);
  expect(() => store.set('key', 1)).toThrow('No context available');
});

test('what Lambda has set cannot be changed', () => {
  const store = new InvokeStore();
  const change = () => store.set(InvokeStore.PROTECTED_KEYS.REQUEST_ID, 'other');
  expect(() => store.runInvocation(contextOf('1'), change)).toThrow('Cannot modify protected');
});

import { expect, test } from 'vitest';
import { lambdaContext } from '../../../src/local/handler/lambda-context.ts';

const IDENTITY = {
  functionName: 'invoices',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:invoices',
  timeoutMs: 20,
  memoryLimitInMB: 128,
};

test('the time left is negative past the timeout, as on Lambda', async () => {
  const context = lambdaContext(IDENTITY, 'request-1');
  expect(context.getRemainingTimeInMillis()).toBeLessThanOrEqual(20);
  await expect.poll(() => context.getRemainingTimeInMillis()).toBeLessThan(0);
});

test('each invocation has a trace of its own, and no tenant', () => {
  const contexts = [lambdaContext(IDENTITY, 'request-1'), lambdaContext(IDENTITY, 'request-2')];
  for (const { xRayTraceId, tenantId } of contexts) {
    expect(xRayTraceId).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
    expect(tenantId).toBeUndefined();
  }
  expect(contexts[0]?.xRayTraceId).not.toBe(contexts[1]?.xRayTraceId);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WireRecord } from '../fixtures/fake-streams.ts';
import { type Bundles, bundles, FORMATS } from './bundled-functions.ts';
import { inserted } from './events.ts';
import { FakeLambda } from './fake-lambda.ts';
import { processStream } from './process-stream.ts';

let functions: Bundles;

beforeAll(async () => {
  functions = await bundles('functions.ts');
});

afterAll(() => functions?.remove());

/** The records of these items, just written. */
function written(...ids: readonly string[]): readonly WireRecord[] {
  const now = Math.floor(Date.now() / 1000);
  return inserted(...ids).Records.map(
    ({ dynamodb, ...record }) =>
      ({ ...record, dynamodb: { ...dynamodb, ApproximateCreationDateTime: now } }) as WireRecord,
  );
}

describe.each(FORMATS)('the local mapping with a function under the runtime client, %s,', (format) => {
  test.each([
    ['retries and splits what fails', 'router', ['a', 'bad-1', 'b', 'bad-2', 'c']],
    ['retries and splits a function that throws', 'throwing', ['a', 'bad-1', 'b', 'c']],
    ['goes on past a handler that never settles', 'router', ['a', 'stuck-1']],
    ['goes on past a function that times out', 'blocking', ['a']],
  ])('%s, as it does in one process', async (_promise, name, ids) => {
    const settings = {
      timeoutSeconds: 1,
      maximumRetryAttempts: 1,
      bisectBatchOnFunctionError: true,
    };
    const records = written(...ids);
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: `index.${name}`,
      timeoutMs: 1000,
    });
    const lambdaClient = lambda.client();

    const remote = await processStream(records, { ...settings, handler: 'invoices', lambdaClient });
    const local = await processStream(records, {
      ...settings,
      handler: `${functions.files[format]}#${name}`,
    });
    lambdaClient.destroy();

    expect(remote).toEqual(local);
    expect(remote.join('\n')).toContain('discarded');
  });

  test('delivers a batch again when the process ends because of an earlier one', async () => {
    const records = written('a', 'b', 'c');
    await using lambda = await FakeLambda.start({
      folder: functions.folders[format],
      handler: 'index.leavingRejection',
    });
    const lambdaClient = lambda.client();

    const steps = await processStream(records, {
      handler: 'invoices',
      lambdaClient,
      batchSize: 1,
      retryDelayMs: () => 50,
    });
    lambdaClient.destroy();

    const checkpoints = steps.filter((step) => step.endsWith(' succeeded'));
    expect(checkpoints).toEqual(records.map(({ dynamodb }) => `${dynamodb.SequenceNumber} succeeded`));
    expect(steps.join('\n')).toContain('attempt 2: succeeded');
    expect(lambda.starts).toBeGreaterThan(1);
  });
});

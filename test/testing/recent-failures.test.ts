import '../../src/testing/vitest.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { publishRecordFailed } from '../../src/batch/record-failed.ts';
import { streamRouter } from '../../src/index.ts';
import { forgetFailures, rememberedFailure, rememberFailures } from '../../src/testing/recent-failures.ts';

/** The test that seems to run. */
let name: string | undefined;

beforeEach(() => {
  name = expect.getState().currentTestName;
  rememberFailures(() => name);
});

function publish(sequenceNumber: string | undefined, outcome: 'failed' | 'deadLettered' = 'failed'): void {
  publishRecordFailed(() => ({
    outcome,
    eventID: 'e',
    eventName: 'INSERT',
    sequenceNumber,
    streamArn: undefined,
    tableName: 'Invoices',
    error: 'no',
  }));
}

test('the reason of a failed record is remembered', async () => {
  publish('1');
  expect(rememberedFailure('1')).toBe('\n\nWhy it failed:\n  INSERT of Invoices: no');
  const dynamodb = { Keys: { id: { S: 'a' } }, SequenceNumber: '2', NewImage: {} };
  await streamRouter({ logger: false, viewType: 'NEW_IMAGE' }).onInsert(() => Promise.reject('router'))({
    Records: [{ eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb }],
  } as never);
  expect(rememberedFailure('2')).toBe('\n\nWhy it failed:\n  INSERT: router');
});

describe('nothing is said', () => {
  test('of another record', () => {
    publish('1');
    expect(rememberedFailure('2')).toBe('');
  });

  test('of a failure in another test', () => {
    publish('1');
    name = 'another test';
    expect(rememberedFailure('1')).toBe('');
  });

  test('of a failure outside of a test', () => {
    name = undefined;
    publish('1');
    expect(rememberedFailure('1')).toBe('');
  });

  test('of a dead letter, or of a record without a sequence number', () => {
    publish('3', 'deadLettered');
    publish(undefined);
    expect(rememberedFailure('3')).toBe('');
  });

  test('once failures are forgotten', () => {
    publish('1');
    forgetFailures();
    publish('2');
    rememberFailures(() => name);
    expect([rememberedFailure('1'), rememberedFailure('2')]).toEqual(['', '']);
    publish('2');
    expect(rememberedFailure('2')).not.toBe('');
  });

  test('of a failure before the last thousand', () => {
    for (let number = 0; number <= 1000; number++) publish(`${number}`);
    expect(rememberedFailure('0')).toBe('');
    expect(rememberedFailure('1')).not.toBe('');
  });
});

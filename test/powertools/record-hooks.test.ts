import { BatchProcessor, EventType } from '@aws-lambda-powertools/batch';
import { describe, expect, test } from 'vitest';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { Call } from '../../src/powertools/call.ts';
import { type OrderedStreamProcessorOptions, processorSettings } from '../../src/powertools/options.ts';
import { recordHooks } from '../../src/powertools/record-hooks.ts';
import { memoryLogger, recordOf } from '../fixtures/events.ts';

const record = recordOf() as ReportableRecord;
const base = BatchProcessor.prototype;

function hooksOf(options: OrderedStreamProcessorOptions = {}, overrides: object = {}) {
  const processor = Object.assign(new BatchProcessor(EventType.DynamoDBStreams), overrides);
  const settings = processorSettings({ logger: memoryLogger(), ...options });
  const seen: unknown[] = [];
  const handler = (...args: readonly unknown[]) => {
    seen.push(args);
    return 'handled';
  };
  const context = { awsRequestId: 'r' } as never;
  const call = new Call({}, { handler, options: { context }, records: [record as never] });
  return { hooks: recordHooks(processor, base, settings), call, seen, context };
}

describe('without a subclass', () => {
  test('the handler gets the record and the context at once', () => {
    const { hooks, call, seen, context } = hooksOf();
    expect(hooks.start(call, record)).toBe('handled');
    expect(seen).toEqual([[record, context]]);
  });

  test('a success is noted without a call of successHandler', () => {
    const { hooks, call } = hooksOf();
    expect(hooks.succeeded(call, record, 'handled')).toBeUndefined();
    expect(call.messages.successMessages).toEqual([record]);
  });
});

describe('with a parser', () => {
  const parsing = (parser: unknown) => ({ parser, schema: {} }) as unknown as OrderedStreamProcessorOptions;

  test('the handler gets the parsed record', async () => {
    const parsed = recordOf({ id: 'parsed' });
    const { hooks, call, seen, context } = hooksOf(parsing(async () => parsed));
    expect(await hooks.start(call, record)).toBe('handled');
    expect(seen).toEqual([[parsed, context]]);
  });

  test('no handler starts once the batch is answered', async () => {
    const { hooks, call, seen } = hooksOf(parsing(async () => record));
    const starting = hooks.start(call, record);
    call.itemFailures = {} as never;
    await expect(starting).rejects.toMatchObject({ code: 'DEADLINE_REACHED' });
    expect(seen).toEqual([]);
  });
});

describe('an override', () => {
  test('of processRecord takes the place of the handler, and says what became of the record', async () => {
    const entry = ['success', 'mine', record];
    const { hooks, call, seen } = hooksOf({}, { processRecord: async () => entry });
    expect(await hooks.start(call, record)).toBe(entry);
    expect(hooks.succeeded(call, record, entry)).toBe(entry);
    expect(seen).toEqual([]);
  });

  test.each<[came: string, result: unknown]>([
    ['undefined', undefined],
    ['a string', 'hunter2'],
    ['an object', { secret: 'hunter2' }],
  ])('of processRecord that returns %s is refused, without quoting it', (came, result) => {
    const { hooks, call } = hooksOf({}, { processRecord: async () => [] });
    expect(() => hooks.succeeded(call, record, result)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OVERRIDE',
        owner: 'OrderedStreamProcessor',
        message: expect.stringMatching(new RegExp(`got ${came}\\. The record counts as failed\\.$`)),
      }),
    );
  });

  test('of successHandler and failureHandler is called with the record', () => {
    const got: unknown[] = [];
    const note = (...args: readonly unknown[]) => void got.push(args);
    const { hooks, call } = hooksOf({}, { successHandler: note, failureHandler: note });
    const error = new Error('no');
    hooks.succeeded(call, record, 'handled');
    hooks.failed(call, record, error);
    expect(got).toEqual([
      [record, 'handled'],
      [record, error],
    ]);
  });
});

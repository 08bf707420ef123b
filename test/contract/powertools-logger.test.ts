import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { contextOf, eventOf, sequenceNumberAt } from '../fixtures/events.ts';

let entries: Record<string, unknown>[];

beforeEach(() => {
  entries = [];
  // In development mode Powertools' Logger writes to the global console, elsewhere to one of its own.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['debug', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void entries.push(JSON.parse(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const loggerOf = () => new Logger({ serviceName: 'invoices', logLevel: 'DEBUG' });

const failure = new Error('The mail server is down.', { cause: new Error('ECONNREFUSED') });
const isPoison = (record: { eventID?: string }) =>
  ['1', '2'].some((digit) => record.eventID?.endsWith(digit));

test.each([
  [
    'a router',
    (event: DynamoDBStreamEvent) =>
      streamRouter({ logger: loggerOf() }).onInsert(async (record) => {
        if (isPoison(record)) throw failure;
      })(event, contextOf()),
  ],
  [
    'an OrderedStreamProcessor',
    (event: DynamoDBStreamEvent) =>
      processPartialResponse(
        event,
        async (record: { eventID: string }) => {
          if (isPoison(record)) throw failure;
        },
        new OrderedStreamProcessor({ logger: loggerOf() }),
        { context: contextOf() },
      ),
  ],
])(
  "Powertools' Logger gets one error per failed record and one debug summary from %s",
  async (_name, handle) => {
    await handle(eventOf({}, {}, { newImage: { secret: { S: 'hunter2' } } }));

    const errors = entries.filter(({ level }) => level === 'ERROR');
    expect(errors).toHaveLength(2);
    for (const [index, entry] of errors.entries()) {
      expect(entry).toMatchObject({
        service: 'invoices',
        message: 'Record failed',
        eventID: String(index + 1).padStart(32, '0'),
        sequenceNumber: sequenceNumberAt(index + 1),
        tableName: 'Invoices',
        eventName: 'INSERT',
        error: { message: failure.message, cause: { message: 'ECONNREFUSED' } },
      });
    }
    expect(entries.filter(({ level }) => level === 'DEBUG')).toEqual([
      expect.objectContaining({
        message: 'Batch processed',
        records: 3,
        succeeded: 1,
        failed: 2,
        deadLettered: 0,
        checkpoint: sequenceNumberAt(1),
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
  },
);

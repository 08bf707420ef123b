import { expect, test } from 'vitest';
import { eventPattern, not, streamRouter } from '../../src/index.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { memoryLogger } from '../fixtures/events.ts';

const raw = (eventName: string, status: string) => ({
  eventID: '1',
  eventName: eventName as 'INSERT',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    Keys: { id: { S: 'i-1' } },
    NewImage: { id: { S: 'i-1' }, status: { S: status }, total: { N: 'not a number' } },
    SequenceNumber: '1',
    StreamViewType: 'NEW_IMAGE' as const,
  },
});
const paid = { dynamodb: { NewImage: { status: { S: ['PAID'] } } } };

test.each([
  ['an object', paid],
  ['JSON', JSON.stringify(paid)],
])('eventPattern matches the record as Lambda sent it, by a pattern that is %s', (_, pattern) => {
  const condition = eventPattern(pattern);
  const open = (status: string) =>
    openRecord(raw('INSERT', status), { toNumber: Number, viewType: 'NEW_IMAGE' });
  expect(condition(open('PAID') as never)).toBe(true);
  expect(condition(open('OPEN') as never)).toBe(false);
});

test('it fits a handler of any event, and unmarshalls nothing', async () => {
  const seen: string[] = [];
  const router = streamRouter<{ id: string; status: string }>({ viewType: 'NEW_IMAGE' })
    .onInsert(eventPattern(paid), ({ eventName }) => seen.push(eventName))
    .onModify(not(eventPattern(paid)), ({ eventName }) => seen.push(eventName))
    .onRemove(eventPattern(paid), ({ eventName }) => seen.push(eventName));
  for (const name of ['INSERT', 'MODIFY', 'REMOVE']) await router({ Records: [raw(name, 'PAID')] });
  expect(await router({ Records: [raw('MODIFY', 'OPEN')] })).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(['INSERT', 'REMOVE', 'MODIFY']);
});

test('a pattern that Lambda would refuse is refused when the condition is made', () => {
  expect(() => eventPattern({ eventName: [] })).toThrow(
    expect.objectContaining({
      code: 'INVALID_PATTERN',
      message: expect.stringMatching(/^eventPattern: Invalid filter pattern definition\./),
    }),
  );
});

test('a router warns of a pattern that can never match, when it gets it', () => {
  const logger = memoryLogger();
  const untyped = { dynamodb: { NewImage: { status: ['PAID'] } } };
  streamRouter({ logger })
    .onInsert(eventPattern(untyped), () => {})
    .onModify(not(eventPattern(JSON.stringify(untyped))), () => {})
    .onRemove(eventPattern({ eventID: [{ wildcard: 'a*' }] }), () => {});
  expect(logger.entries).toEqual(
    ['onInsert', 'onModify'].map((method) => ({
      level: 'warn',
      message: expect.stringMatching(
        new RegExp(`^${method}: a pattern .*: dynamodb\\.NewImage\\.status: .* Name its type`),
      ),
      fields: { code: 'NEVER_MATCHES' },
    })),
  );
});

import { expect, test } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import { recordContext } from '../../src/batch/record-context.ts';
import { logFieldsOf, requireTime } from '../../src/batch/require-time.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import { tableRecords } from '../../src/record/table-records.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { memoryLogger, recordOf } from '../fixtures/events.ts';

const record = new LazyRecord(recordOf(), { toNumber: Number, viewType: 'KEYS_ONLY' });

function setUp() {
  const clock = scriptedContext(2000);
  return { clock, context: recordContext(memoryLogger(), new Deadline(clock, 1000), undefined) };
}

test('the clock decides, before any timer has aborted the signal', () => {
  const { clock, context } = setUp();
  expect(() => requireTime(record, context, 'a step')).not.toThrow();
  clock.advance(1001);
  expect(context.signal.aborted).toBe(false);
  expect(() => requireTime(record, context, 'a step')).toThrow(
    expect.objectContaining({ code: 'DEADLINE_REACHED' }),
  );
});

test('a copy of the context with a signal of its own has that for its deadline', () => {
  const { clock, context } = setUp();
  const own = new AbortController();
  const copy = { ...context, signal: own.signal };
  clock.advance(1001);
  expect(() => requireTime(record, copy, 'a step')).not.toThrow();
  own.abort(new Error('own'));
  expect(() => requireTime(record, copy, 'a step')).toThrow('own');
});

test.each([
  ['a record of an entity', { name: 'order', checks: undefined, isUnknown: false }, { entity: 'order' }],
  ['a record of no entity', { name: undefined, checks: undefined, isUnknown: true }, {}],
])('the log names %s', (_, entity, expected) => {
  const entities = { hasSchema: false, of: () => entity, ofImage: () => entity };
  const opened = tableRecords({ entities })(recordOf(), { toNumber: Number, viewType: 'KEYS_ONLY' });
  const { eventID, sequenceNumber, tableName, eventName } = record;
  expect(logFieldsOf(opened)).toEqual({
    eventID,
    sequenceNumber,
    tableName,
    eventName,
    ...expected,
  });
});

test('a record whose entity is unknown is logged anyway', () => {
  const { clock, context } = setUp();
  const of = (): never => {
    throw new Error('The record carries no newImage.');
  };
  const reading = { toNumber: Number, viewType: 'KEYS_ONLY' } as const;
  clock.advance(1001);
  const broken = tableRecords({ entities: { hasSchema: false, of, ofImage: of } })(recordOf(), reading);
  expect(() => requireTime(broken, context, 'a step')).toThrow();
  const { entries } = context.logger as ReturnType<typeof memoryLogger>;
  expect(entries).toMatchObject([
    { message: 'Deadline reached: a step was not started', fields: { eventID: broken.eventID } },
  ]);
});

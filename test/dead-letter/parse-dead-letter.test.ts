import { describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import type { DeadLetter } from '../../src/dead-letter/dead-letter.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { recordOf } from '../fixtures/events.ts';

const record = recordOf({ newImage: { secret: { S: 'hunter2' } } }, 3);
const letter = createDeadLetter(record, new Error('no'), undefined);

describe('parseDeadLetter', () => {
  const text = JSON.stringify(letter);

  test.each<[string, unknown]>([
    ['text, as a queue or a raw subscription delivers it', text],
    ['an object, as a table holds it', letter],
    ['a notification of SNS', JSON.stringify({ Type: 'Notification', MessageId: '1', Message: text })],
    [
      'a notification of an event of EventBridge',
      { Type: 'Notification', Message: JSON.stringify({ 'detail-type': 'Dead letter', detail: letter }) },
    ],
    ['text in JSON', JSON.stringify(text)],
    ['an event of EventBridge', { 'detail-type': 'Dead letter', source: 'streamlane', detail: letter }],
  ])('reads %s', (_, given) => {
    expect(parseDeadLetter(given)).toEqual(JSON.parse(text));
  });

  test('keeps attributes that it does not know', () => {
    expect(parseDeadLetter({ ...letter, note: 'later' })).toHaveProperty('note', 'later');
  });

  const nested = (levels: number): unknown => JSON.parse(`${'{"L":['.repeat(levels)}${']}'.repeat(levels)}`);
  const circle: { around?: unknown } = {};
  circle.around = { left: circle, right: circle };
  const without = (name: keyof DeadLetter) => ({ ...letter, [name]: undefined });
  const withRecord = (changed: object) => ({ ...letter, record: { ...record, ...changed } });
  test.each<[string, unknown, string]>([
    ['text that is not JSON', `${text} hunter2`, 'not JSON'],
    ['an empty body', '', 'not JSON'],
    ['nothing', undefined, 'not an object'],
    ['null', 'null', 'not an object'],
    ['a number', 5, 'not an object'],
    ['several', [letter], 'not an object'],
    ['another message', { id: 'INV-1', secret: 'hunter2' }, 'version is not'],
    ["Lambda's own on-failure document", { version: '1.0', DDBStreamBatchInfo: {} }, 'version is not'],
    ['a newer letter', { ...letter, version: 'streamlane.dead-letter/2' }, 'another version'],
    ['a notification of something else', { Type: 'Notification', Message: 'hunter2' }, 'not JSON'],
    ['a notification without a message', { Type: 'Notification' }, 'not an object'],
    [
      'one whose record is text that is not JSON',
      { ...letter, record: 'hunter2' },
      'record is not an object',
    ],
    ['one without id', without('id'), 'id'],
    ['one without time', without('time'), 'time'],
    ['one of no time', { ...letter, time: 'yesterday' }, 'time'],
    ['one without error', without('error'), 'error'],
    ['one with half an error', { ...letter, error: { name: 'Error' } }, 'error'],
    ['one without function', without('function'), 'function'],
    ['one whose entity is not text', { ...letter, entity: 5 }, 'its entity is not text'],
    ['one without record', without('record'), 'record'],
    ['one whose record is text of something else', { ...letter, record: '[]' }, 'record'],
    ['one whose record has no event name', withRecord({ eventName: 'UPSERT' }), 'eventName'],
    ['one whose record has no change', withRecord({ dynamodb: undefined }), 'SequenceNumber'],
    ['one whose record has no number', withRecord({ dynamodb: { SequenceNumber: '1e5' } }), 'SequenceNumber'],
    ['one whose record has no keys', withRecord({ dynamodb: { SequenceNumber: '15' } }), 'Keys'],
    [
      'one whose record has a list of keys',
      withRecord({ dynamodb: { SequenceNumber: '15', Keys: [] } }),
      'Keys',
    ],
    ['one whose version only prints as one', { ...letter, version: { toString: 1 } }, 'version is not'],
    [
      'one whose record has an id that cannot be printed',
      withRecord({ eventID: { toString: 1 } }),
      'eventID',
    ],
    ['one whose record has a stream that is not text', withRecord({ eventSourceARN: [] }), 'eventSourceARN'],
    ['one whose record nests too deep', withRecord({ extra: nested(3000) }), 'deeper'],
    ['one whose record holds a bigint', withRecord({ extra: [1n] }), 'bigint'],
    ['one whose record contains itself', withRecord({ extra: circle }), 'deeper'],
  ])('refuses %s, and quotes nothing of it', (_, given, problem) => {
    let thrown: unknown;
    try {
      parseDeadLetter(given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'InvalidEventError', code: 'NOT_A_DEAD_LETTER', retryable: false });
    expect(thrown).not.toBeInstanceOf(ConfigurationError);
    expect((thrown as Error).message).toContain(problem);
    expect(JSON.stringify([(thrown as Error).message, (thrown as Error).cause])).not.toContain('hunter2');
  });
});

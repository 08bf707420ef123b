import { describe, expect, test } from 'vitest';
import { type DeadLetter, deadLetterAbout } from '../../src/dead-letter/dead-letter.ts';
import { thrownError } from '../../src/dead-letter/thrown-error.ts';
import { ConfigurationError, ValidationError } from '../../src/errors.ts';
import { deadLetterOf } from '../../src/middleware/dead-letter.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { recordOf, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';

const record = recordOf({ newImage: { secret: { S: 'hunter2' } } }, 3);
const context = lambdaContext({ functionName: 'invoices', awsRequestId: 'request-7' });
const letter = deadLetterAbout(record, new ValidationError('newImage', ['total']), context);

describe('a dead letter', () => {
  test('says what failed, why, where and when, and holds the whole record', () => {
    expect(letter).toEqual({
      version: 'streamlane.dead-letter/1',
      id: `${STREAM_ARN}/${sequenceNumberAt(3)}`,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      error: {
        name: 'ValidationError',
        message: expect.stringContaining('total'),
        code: 'VALIDATION_FAILED',
        retryable: false,
        stack: expect.stringContaining('dead-letter-of.test.ts'),
      },
      function: { name: 'invoices', version: '$LATEST', requestId: 'request-7' },
      record,
    });
  });

  test('is made without a Lambda context too, and for a record without a stream ARN', () => {
    const { eventSourceARN, ...unsourced } = record;
    const made = deadLetterAbout(unsourced, undefined, undefined);
    expect(made.function).toEqual({ name: '', version: '', requestId: '' });
    expect(made.id).toBe(`/${sequenceNumberAt(3)}`);
    expect(deadLetterOf(JSON.stringify(made))).toEqual(made);
  });
});

describe('what was thrown', () => {
  test.each<[unknown, string]>([
    [undefined, 'The handler threw undefined.'],
    [null, 'The handler threw null.'],
    [0, 'The handler threw 0.'],
    [false, 'The handler threw false.'],
    [{ status: 500 }, 'The handler threw an object.'],
    ['', ''],
    ['no stock', 'no stock'],
  ])('%j is described', (thrown, message) => {
    expect(thrownError(thrown)).toEqual({ name: 'NonError', message });
  });

  test('is described with its causes, three of them at most', () => {
    const chain = [1, 2, 3, 4, 5].reduceRight<Error | undefined>(
      (cause, depth) => new Error(`depth ${depth}`, cause && { cause }),
      undefined,
    );
    const messages: string[] = [];
    for (
      let error = thrownError(chain) as ReturnType<typeof thrownError> | undefined;
      error;
      error = error.cause
    )
      messages.push(error.message);
    expect(messages).toEqual(['depth 1', 'depth 2', 'depth 3', 'depth 4']);
  });

  test('may name itself as its cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(thrownError(error)).match(/round/g)?.length).toBeGreaterThan(1);
  });

  test('cannot make the letter too large', () => {
    const error = Object.assign(new Error('x'.repeat(1_000_000)), { name: 5, code: 7 });
    const described = thrownError(error);
    expect(described).toMatchObject({ name: 'Error', message: `${'x'.repeat(4096)}...` });
    expect(JSON.stringify(described).length).toBeLessThan(10_000);
    expect(described).not.toHaveProperty('code');
  });

  test('may be what only looks like an error, of another realm', () => {
    expect(thrownError({ name: 'Foreign', message: 'far away' })).toEqual({
      name: 'Foreign',
      message: 'far away',
    });
  });
});

describe('deadLetterOf', () => {
  const text = JSON.stringify(letter);

  test.each<[string, unknown]>([
    ['text, as a queue or a raw subscription delivers it', text],
    ['an object, as a table holds it', letter],
    ['a notification of SNS', JSON.stringify({ Type: 'Notification', MessageId: '1', Message: text })],
    ['an event of EventBridge', { 'detail-type': 'Dead letter', source: 'streamlane', detail: letter }],
  ])('reads %s', (_, given) => {
    expect(deadLetterOf(given)).toEqual(JSON.parse(text));
  });

  test('keeps attributes that it does not know', () => {
    expect(deadLetterOf({ ...letter, note: 'later' })).toHaveProperty('note', 'later');
  });

  const nested = (levels: number): unknown => JSON.parse(`${'{"L":['.repeat(levels)}${']}'.repeat(levels)}`);
  const circle: { around?: unknown } = {};
  circle.around = { left: circle, right: circle };
  const without = (name: keyof DeadLetter) => ({ ...letter, [name]: undefined });
  const withRecord = (changed: object) => ({ ...letter, record: { ...record, ...changed } });
  test.each<[string, unknown, string]>([
    ['text that is no JSON', `${text} hunter2`, 'not JSON'],
    ['an empty body', '', 'not JSON'],
    ['nothing', undefined, 'not an object'],
    ['null', 'null', 'not an object'],
    ['a number', 5, 'not an object'],
    ['several', [letter], 'not an object'],
    ['another message', { id: 'INV-1', secret: 'hunter2' }, 'version is not'],
    ["Lambda's own on-failure document", { version: '1.0', DDBStreamBatchInfo: {} }, 'version is not'],
    ['a newer letter', { ...letter, version: 'streamlane.dead-letter/2' }, 'another version'],
    ['a notification of something else', { Type: 'Notification', Message: 'hunter2' }, 'not JSON'],
    ['one without id', without('id'), 'id'],
    ['one without time', without('time'), 'time'],
    ['one of no time', { ...letter, time: 'yesterday' }, 'time'],
    ['one without error', without('error'), 'error'],
    ['one with half an error', { ...letter, error: { name: 'Error' } }, 'error'],
    ['one without function', without('function'), 'function'],
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
      deadLetterOf(given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'InvalidEventError', code: 'NOT_A_DEAD_LETTER', retryable: false });
    expect(thrown).not.toBeInstanceOf(ConfigurationError);
    expect((thrown as Error).message).toContain(problem);
    expect(JSON.stringify([(thrown as Error).message, (thrown as Error).cause])).not.toContain('hunter2');
  });
});

import { describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import { ValidationError } from '../../src/errors.ts';
import { parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { recordOf, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';

const record = recordOf({ newImage: { secret: { S: 'hunter2' } } }, 3);
const context = lambdaContext({ functionName: 'invoices', awsRequestId: 'request-7' });
const letter = createDeadLetter(record, new ValidationError('newImage', ['total']), context);

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
        stack: expect.stringContaining('create-dead-letter.test.ts'),
      },
      function: { name: 'invoices', version: '$LATEST', requestId: 'request-7' },
      record,
    });
  });

  test('names the entity, if there is one', () => {
    const named = createDeadLetter(record, undefined, context, { entity: 'order' });
    expect(named).toEqual({ ...named, entity: 'order' });
    expect(named.version).toBe('streamlane.dead-letter/1');
    expect(parseDeadLetter(JSON.stringify(named))).toEqual(named);
    expect(letter).not.toHaveProperty('entity');
  });

  test('is made without a Lambda context too, and for a record without a stream ARN', () => {
    const { eventSourceARN, ...unsourced } = record;
    const made = createDeadLetter(unsourced, undefined, undefined);
    expect(made.function).toEqual({ name: '', version: '', requestId: '' });
    expect(made.id).toBe(`/${sequenceNumberAt(3)}`);
    expect(parseDeadLetter(JSON.stringify(made))).toEqual(made);
  });
});

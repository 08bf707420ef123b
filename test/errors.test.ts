import { describe, expect, test } from 'vitest';
import {
  BatchFailedError,
  ConfigurationError,
  type ConfigurationErrorOptions,
  DeadlineError,
  InvalidEventError,
  InvalidRecordError,
  SinkError,
  StreamlaneError,
  UnmarshallError,
  ValidationError,
} from '../src/index.ts';

const cause = new Error('cause');

const ERRORS: readonly [name: string, error: StreamlaneError, data: object][] = [
  [
    'ConfigurationError',
    new ConfigurationError('INVALID_OPTION', 'm', { cause }),
    { code: 'INVALID_OPTION', retryable: false, cause },
  ],
  [
    'InvalidEventError',
    new InvalidEventError('NOT_A_STREAM_EVENT', 'm'),
    { code: 'NOT_A_STREAM_EVENT', retryable: false },
  ],
  [
    'InvalidRecordError',
    new InvalidRecordError('MISSING_KEYS', 'm'),
    { code: 'MISSING_KEYS', retryable: false },
  ],
  [
    'UnmarshallError',
    new UnmarshallError('a.b', 'm', { cause }),
    { code: 'INVALID_ATTRIBUTE_VALUE', retryable: false, path: 'a.b', cause },
  ],
  [
    'ValidationError',
    new ValidationError('newImage', ['a', 'b[0]']),
    { code: 'VALIDATION_FAILED', retryable: false, paths: ['a', 'b[0]'] },
  ],
  ['DeadlineError', new DeadlineError(500), { code: 'DEADLINE_REACHED', retryable: true }],
  [
    'BatchFailedError',
    new BatchFailedError('42', 3, 10, { cause }),
    { code: 'BATCH_FAILED', retryable: true, checkpoint: '42', cause },
  ],
  [
    'SinkError',
    new SinkError('SINK_DEADLINE', true, 'arn', 'm', { cause }),
    { code: 'SINK_DEADLINE', retryable: true, target: 'arn', message: 'arn: m', cause },
  ],
];

describe('every error', () => {
  test.each(ERRORS)(
    '%s is a StreamlaneError with code, retryable and a name that survives bundling',
    (name, error, data) => {
      expect(error).toBeInstanceOf(StreamlaneError);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject(data);
      // An own property, not the name of the class, which bundlers shorten.
      expect(Object.getOwnPropertyDescriptor(error, 'name')?.value).toBe(name);
      expect(String(error)).toBe(`${name}: ${error.message}`);
      expect('cause' in error).toBe('cause' in data);
    },
  );

  test('the messages that classes write themselves say what failed and what to do', () => {
    const [validation, deadline, batch] = ERRORS.slice(4).map(([, error]) => error.message);
    expect(validation).toBe(
      "The newImage does not fit the table's schema at a, b[0]. Correct the item or widen the schema, then let Lambda deliver the record again.",
    );
    expect(deadline).toMatch(/reserveMs \(500 ms\).*raise the timeout or lower the batch size/);
    expect(batch).toMatch(/^3 of 10 records.*sequence number 42.*ReportBatchItemFailures/);
  });
});

describe('a ConfigurationError', () => {
  const code = 'INVALID_OPTION';

  test.each<[data: ConfigurationErrorOptions | undefined, message: string]>([
    [{ owner: 'streamRouter', option: 'order' }, 'streamRouter: order is odd.'],
    [{ owner: 'streamRouter' }, 'streamRouter: is odd.'],
    [{ option: 'order' }, 'order is odd.'],
    [{}, 'is odd.'],
    [undefined, 'is odd.'],
    [{ owner: undefined, option: undefined }, 'is odd.'],
  ])('makes its message of owner, option and problem: %o', (data, message) => {
    const error = new ConfigurationError(code, 'is odd.', data);
    expect(error.message).toBe(message);
    expect([error.owner, error.option, error.problem]).toEqual([data?.owner, data?.option, 'is odd.']);
  });

  test('shows in a log what it has, and the text once', () => {
    const { stack: _, ...shown } = { ...new ConfigurationError(code, 'is odd.', { owner: 'streamRouter' }) };
    expect(shown).toEqual({ code, name: 'ConfigurationError', owner: 'streamRouter', retryable: false });
    expect(Object.keys(new ConfigurationError(code, 'is odd.'))).not.toContain('owner');
  });
});

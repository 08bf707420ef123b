import { expect, test } from 'vitest';
import { usageError } from '../../../src/cli/errors/cli-error.ts';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { explain } from '../../../src/cli/errors/explain.ts';
import { ConfigurationError, InvalidEventError } from '../../../src/errors.ts';
import { HOSTILE } from '../../fixtures/hostile.ts';

const named = (name: string, message: string, fields: object = {}): Error =>
  Object.assign(new Error(message), { name, ...fields });

test.each<[name: string, error: unknown, message: string, exitCode: number]>([
  ['input that is wrong', usageError('No.\n Not so.'), 'No. Not so.', EXIT.usage],
  [
    'an option that streamlane refuses, without the name of a function that the user did not call',
    new ConfigurationError('INVALID_OPTION', 'has to be 1.', {
      owner: 'startEventSourceMapping',
      option: 'batchSize',
    }),
    '--batch-size has to be 1.',
    EXIT.usage,
  ],
  [
    'an event that streamlane refuses, as it says it',
    new InvalidEventError('NOT_A_STREAM_EVENT', 'No records.'),
    'No records.',
    EXIT.usage,
  ],
  [
    'an option of a function that the user called, as that function says it',
    new ConfigurationError('INVALID_OPTION', 'has to be 1.', {
      owner: 'streamRouter',
      option: 'concurrency',
    }),
    'streamRouter: concurrency has to be 1.',
    EXIT.usage,
  ],
  [
    'a problem that is not one of an option',
    new ConfigurationError('STREAM_NOT_FOUND', 'there is no stream.', { owner: 'startEventSourceMapping' }),
    'there is no stream.',
    EXIT.failed,
  ],
  [
    'a package that is missing',
    new ConfigurationError('MISSING_PEER', 'Install x.'),
    'Install x.',
    EXIT.failed,
  ],
  [
    'a server that is not there',
    named('Error', '', { code: 'ECONNREFUSED' }),
    'No server answers (ECONNREFUSED). Check --endpoint or AWS_ENDPOINT_URL, or start servers with: streamlane emulators',
    EXIT.failed,
  ],
  [
    'a server that takes too long',
    named('TimeoutError', ''),
    'No server answers (TimeoutError). Check --endpoint or AWS_ENDPOINT_URL, or start servers with: streamlane emulators',
    EXIT.failed,
  ],
  [
    'credentials that are missing',
    named('CredentialsProviderError', 'Could not load.'),
    'AWS credentials are missing or cannot be used (Could not load.). Name a profile with --profile, or sign in.',
    EXIT.failed,
  ],
  [
    'a region that is missing',
    new Error('Region is missing'),
    'The AWS region is not known. Name it with --region or AWS_REGION.',
    EXIT.failed,
  ],
  [
    'a call that is not allowed',
    named('AccessDeniedException', 'Not you.'),
    'AWS refuses the call: Not you. Check the profile, its permissions and --region.',
    EXIT.failed,
  ],
  [
    'a queue that is not there',
    named('QueueDoesNotExist', 'The specified queue does not exist.'),
    'There is no such queue here. Check --queue, --endpoint, --region and --profile.',
    EXIT.failed,
  ],
  [
    'a request that cannot be',
    named('ValidationException', 'Missing the key id in the item'),
    "The request is refused: Missing the key id in the item. Correct the table's name, the keys or the item.",
    EXIT.failed,
  ],
  [
    'an error of no name of its own',
    new Error('ENOENT: no such file'),
    'ENOENT: no such file (--verbose prints the stack)',
    EXIT.failed,
  ],
  ['anything else', new RangeError('a\nb'), 'RangeError: a b (--verbose prints the stack)', EXIT.failed],
  ['a value that is not an error', undefined, 'Something threw undefined.', EXIT.failed],
])('explains %s', (_name, error, message, exitCode) => {
  expect(explain(error)).toEqual({ message, exitCode });
});

test.each<[string, () => unknown]>([
  ['a name that is a symbol', () => ({ name: Symbol('x') })],
  ['a message that is an object', () => ({ name: 'TimeoutError', message: {} })],
  ['a message that is a number', () => ({ code: 'ECONNREFUSED', message: 7 })],
  ['a message that is null', () => ({ name: 'ValidationException', message: null })],
  ['no prototype', () => Object.create(null)],
])('a thrown value may have %s', (_name, thrown) => {
  expect(explain(thrown())).toEqual({ message: expect.stringMatching(/.+/), exitCode: EXIT.failed });
});

test.each(HOSTILE)('%s that was thrown is explained', (_, thrown) => {
  expect(explain(thrown)).toMatchObject({ message: expect.any(String), exitCode: EXIT.failed });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { refused, requestFailed, targetFailed } from '../../src/sinks/batcher/sink-errors.ts';
import { jsonText } from '../../src/sinks/message/message-text.ts';

const SECRET = 'hunter2';
const shown = (value: unknown) => inspect(value, { showHidden: true, depth: 9 });
const awsError = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400, requestId: 'r-1' }, ...more });
const refusal = (cause: unknown) => ({ code: 'X', cause, fault: 'message' }) as const;

describe('an error of a sink quotes nothing of the message, not even in its cause', () => {
  const quoting = awsError('ValidationException', `Type mismatch for key id: ${SECRET}`, {
    Item: { id: { S: SECRET } },
    CancellationReasons: [{ Item: { id: { S: SECRET } } }],
  });
  test.each<[string, Error]>([
    ['a message refused', refused('t', refusal(quoting), 1)],
    ['a message refused in a text', refused('t', refusal(`invalid: ${SECRET}`), 1)],
    ['a target failed', targetFailed('t', refusal(quoting))],
    ['a target failed in a text', targetFailed('t', refusal(SECRET))],
    [
      'a permission for one object',
      targetFailed('t', refusal(awsError('AccessDenied', `no s3:PutObject on "arn:aws:s3:::b/${SECRET}/x"`))),
    ],
    [
      'a request failed',
      requestFailed('t', refusal(awsError('TransactionConflict', 'conflict', { Item: SECRET })), 2),
    ],
  ])('%s', (_, error) => {
    expect(shown(error)).not.toContain(SECRET);
  });

  test('which a message has thrown while it was written', () => {
    const message = {
      toJSON() {
        throw new Error(SECRET);
      },
    };
    const write = () => jsonText(message);
    expect(write).toThrow(
      expect.objectContaining({ message: expect.stringContaining('JSON'), cause: expect.any(Error) }),
    );
    try {
      write();
    } catch (error) {
      expect(shown(error)).not.toContain(SECRET);
    }
  });
});

test.each([
  ['AccessDeniedException', 'User: arn:aws:sts::1:x is not authorized to perform: sns:Publish'],
  ['AuthorizationError', 'not authorized to perform: SNS:Publish on resource: arn:aws:sns:eu-central-1:1:t'],
  ['ResourceNotFoundException', 'Requested resource not found'],
  ['CredentialsProviderError', 'Could not load credentials from any providers'],
])('what %s says is kept, because it names the permission or the target', (name, message) => {
  expect(targetFailed('t', refusal(awsError(name, message)))).toMatchObject({
    cause: { name, message, $metadata: { requestId: 'r-1' } },
  });
});

test('the message of the network is kept', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  expect(requestFailed('t', refusal(cause), 3)).toMatchObject({
    cause: { message: cause.message, code: cause.code },
  });
});

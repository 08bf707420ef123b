import { expect, test } from 'vitest';
import { refusalsOf, UNMENTIONED } from '../../src/sinks/batch-results.ts';

const failed = (Id: string, more: object = {}) => ({
  Id,
  Code: 'InternalError',
  SenderFault: false,
  ...more,
});
const later = { code: 'InternalError', cause: undefined, retryable: true };

test.each([
  ['was accepted', { Successful: [{ Id: '0' }] }, undefined],
  ['is not mentioned: it was not accepted', { Successful: [{ Id: '1' }] }, UNMENTIONED],
  ['is not mentioned in an empty answer', {}, UNMENTIONED],
  ['is mentioned without its id', { Successful: [{}] }, UNMENTIONED],
  ['was refused', { Failed: [failed('0')] }, later],
  ['was refused and accepted: it is sent again', { Successful: [{ Id: '0' }], Failed: [failed('0')] }, later],
  ['was refused without a reason', { Failed: [{ Id: '0' }] }, { ...later, code: 'unknown error' }],
  ['is at fault', { Failed: [failed('0', { SenderFault: true })] }, { ...later, retryable: false }],
  [
    'came too fast, which some call its fault',
    { Failed: [failed('0', { Code: 'ThrottlingException', SenderFault: true })] },
    { ...later, code: 'ThrottlingException' },
  ],
])('an entry that %s', (_, answer, refusal) => {
  expect(refusalsOf(answer, 1)[0]).toEqual(refusal);
});

test('what may be accepted later is sent again where nothing was said of it', () => {
  expect(UNMENTIONED.retryable).toBe(true);
});

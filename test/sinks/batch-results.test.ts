import { expect, test } from 'vitest';
import { refusalsOf, UNMENTIONED } from '../../src/sinks/batch-results.ts';

const failed = (Id: string, more: object = {}) => ({
  Id,
  Code: 'InternalError',
  SenderFault: false,
  ...more,
});
const later = { code: 'InternalError', cause: undefined, fault: 'passing' };

test.each([
  ['was accepted', { Successful: [{ Id: '0', MessageId: 'm' }] }, undefined],
  ['was accepted without a message id: nothing proves it', { Successful: [{ Id: '0' }] }, UNMENTIONED],
  ['is not mentioned: it was not accepted', { Successful: [{ Id: '1', MessageId: 'm' }] }, UNMENTIONED],
  ['is not mentioned in an empty answer', {}, UNMENTIONED],
  ['is mentioned without its id', { Successful: [{ MessageId: 'm' }] }, UNMENTIONED],
  ['was refused', { Failed: [failed('0')] }, later],
  [
    'was refused and accepted: it is sent again',
    { Successful: [{ Id: '0', MessageId: 'm' }], Failed: [failed('0')] },
    later,
  ],
  ['was refused without a reason', { Failed: [{ Id: '0' }] }, { ...later, code: 'unknown error' }],
  [
    'may be at fault',
    { Failed: [failed('0', { Code: 'InvalidParameterValue', SenderFault: true })] },
    { ...later, code: 'InvalidParameterValue', fault: 'unproven' },
  ],
  [
    'is at fault',
    { Failed: [failed('0', { Code: 'InvalidMessageContents', SenderFault: true })] },
    { ...later, code: 'InvalidMessageContents', fault: 'message' },
  ],
  [
    'cannot be encrypted',
    { Failed: [failed('0', { Code: 'KMS.DisabledException', SenderFault: true })] },
    { ...later, code: 'KMS.DisabledException', fault: 'target' },
  ],
  [
    'failed in the service, for a reason that is not documented',
    { Failed: [failed('0', { Code: 'Unheard', SenderFault: false })] },
    { ...later, code: 'Unheard' },
  ],
  [
    'came too fast, which some call its fault',
    { Failed: [failed('0', { Code: 'ThrottlingException', SenderFault: true })] },
    { ...later, code: 'ThrottlingException' },
  ],
])('an entry that %s', (_, answer, refusal) => {
  expect(refusalsOf(answer, 1)[0]).toEqual(refusal);
});

test('what may be accepted later is sent again where nothing was said of it', () => {
  expect(UNMENTIONED.fault).toBe('passing');
});

import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { Failures } from '../../../src/cli/dev/failures.ts';
import { type Consequence, followInvocations } from '../../../src/cli/dev/follow-invocations.ts';
import { formatFailures, formatInvocation, formatStatus } from '../../../src/cli/dev/format.ts';
import { jsonOf } from '../../../src/cli/dev/json-events.ts';
import type { InvocationEvent } from '../../../src/local/mapping-events.ts';
import { emptyTally } from '../../../src/local/statistics.ts';
import { recordOf } from '../../fixtures/events.ts';

const plain = (_format: unknown, text: string): string => text;
const records = [0, 1, 2].map((index) => recordOf({ sequenceNumber: `00${index + 1}` }, index));

function invocation(fields: Partial<InvocationEvent> = {}): InvocationEvent {
  return {
    shardId: 's',
    records,
    requestId: 'r',
    attempt: 1,
    outcome: 'succeeded',
    durationMs: 12.4,
    response: null,
    error: undefined,
    ...fields,
  };
}

const checkpoint: Consequence = {
  type: 'checkpoint',
  event: {
    shardId: 's',
    requestId: 'r',
    records,
    outcome: 'succeeded',
    sequenceNumber: '003',
    position: '003',
  },
};
const document = { requestContext: { condition: 'RecordAgeExceeded' } } as never;
const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' };

test.each<[string, Partial<InvocationEvent> | undefined, Consequence | undefined, string]>([
  ['success', {}, checkpoint, '✓ 3 records  12 ms  → checkpoint 3'],
  [
    'a partial response',
    { outcome: 'partial', attempt: 2, durationMs: 1234 },
    checkpoint,
    '◐ 3 records  1.2 s  attempt 2  partial  → checkpoint 3',
  ],
  [
    'a failure with a retry',
    { outcome: 'failed', records: records.slice(0, 1) },
    {
      type: 'retry',
      event: { shardId: 's', records, requestId: 'r', attempt: 2, delayMs: 500, reason: 'failed' },
    },
    '✗ 1 record  12 ms  failed  → retry in 500 ms',
  ],
  [
    'a failure with a split',
    { outcome: 'failed' },
    {
      type: 'split',
      event: { shardId: 's', requestId: 'r', left: records.slice(0, 1), right: records.slice(1) },
    },
    '✗ 3 records  12 ms  failed  → split 1 + 2',
  ],
  [
    'a failure for good',
    { outcome: 'failed' },
    { type: 'discard', event: { shardId: 's', requestId: 'r', records, document } },
    '✗ 3 records  12 ms  failed  → discarded: 3 records, RecordAgeExceeded',
  ],
  [
    'records that are discarded before any invocation',
    undefined,
    { type: 'discard', event: { shardId: 's', requestId: 'r', records, document } },
    '✗ discarded: 3 records, RecordAgeExceeded',
  ],
  [
    'a window',
    { records: [] },
    {
      type: 'windowClosed',
      event: { shardId: 's', requestId: 'r', window, outcome: 'succeeded', early: false },
    },
    '✓ window  12 ms  → window of 2026-01-01T00:00:00Z closed',
  ],
  [
    'a window that is discarded early',
    { records: [], outcome: 'failed' },
    {
      type: 'windowClosed',
      event: { shardId: 's', requestId: 'r', window, outcome: 'discarded', early: true },
    },
    '✗ window  12 ms  failed  → window of 2026-01-01T00:00:00Z discarded early',
  ],
  [
    'an invocation of which nothing came',
    {},
    undefined,
    '✓ 3 records  12 ms  → stopped before the checkpoint',
  ],
])('the line of %s', (_name, fields, consequence, line) => {
  expect(formatInvocation(fields && invocation(fields), consequence, plain)).toBe(line);
});

test('dead letters are counted, and are not a tick', () => {
  const failures = [{ deadLettered: true }, { deadLettered: true }, { deadLettered: false }] as never;
  expect(formatInvocation(invocation(), checkpoint, plain, failures)).toBe(
    '! 3 records  12 ms  2 dead-lettered  → checkpoint 3',
  );
  expect(formatInvocation(invocation({ outcome: 'partial' }), checkpoint, plain, failures, 3)).toBe(
    '◐ 3 records  12 ms  partial  2 dead-lettered  → checkpoint 3  (as before, 3 times now)',
  );
});

describe('invocations and what came of them', () => {
  function follow() {
    const emitter = new EventEmitter();
    const told: [readonly DynamoDBRecord[] | undefined, string | undefined][] = [];
    const flush = followInvocations(
      emitter as never,
      (of, then) => void told.push([of?.records, then?.type]),
    );
    return { emit: (name: string, event: object) => emitter.emit(name, event), told, flush };
  }

  const [a, b, c] = records.map((record) => [record]) as [
    DynamoDBRecord[],
    DynamoDBRecord[],
    DynamoDBRecord[],
  ];

  test('are shown together, although batches overlap', () => {
    const { emit, told } = follow();
    emit('invocation', invocation({ records: a, requestId: 'a' }));
    emit('invocation', invocation({ records: b, requestId: 'b' }));
    emit('invocation', invocation({ records: c, requestId: 'c' }));
    emit('retry', { requestId: 'c', records: c });
    emit('split', { requestId: 'a', left: a, right: [] });
    emit('checkpoint', { requestId: 'b', records: b });
    expect(told).toEqual([
      [c, 'retry'],
      [a, 'split'],
      [b, 'checkpoint'],
    ]);
  });

  test('that discarded records are one line, without the checkpoint after it', () => {
    const { emit, told } = follow();
    emit('invocation', invocation({ requestId: 'a' }));
    emit('discard', { requestId: 'a', records });
    emit('checkpoint', { requestId: 'a', records });
    emit('discard', { requestId: 'b', records });
    expect(told).toEqual([
      [records, 'discard'],
      [undefined, 'discard'],
    ]);
  });

  test('of two windows that close at once are separate', () => {
    const { emit, told } = follow();
    emit('invocation', invocation({ records: [], requestId: 'a' }));
    emit('invocation', invocation({ records: a, requestId: 'b' }));
    emit('retry', { requestId: 'a', records: [] });
    emit('invocation', invocation({ records: [], requestId: 'a' }));
    emit('windowClosed', { requestId: 'a' });
    emit('checkpoint', { requestId: 'b', records: a });
    expect(told).toEqual([
      [[], 'retry'],
      [[], 'windowClosed'],
      [a, 'checkpoint'],
    ]);
  });

  test('without any records are shown at the end', () => {
    const { emit, told, flush } = follow();
    emit('invocation', invocation());
    flush();
    flush();
    expect(told).toEqual([[records, undefined]]);
  });
});

describe('what went wrong', () => {
  const here = pathToFileURL(`${process.cwd()}/src/handler.ts`).href;
  const library = pathToFileURL(`${process.cwd()}/node_modules/x/index.js`).href;
  const stack = `RangeError: no\n    at check (node:internal:1:1)\n    at ${library}:1:1\n    at check (${here}?x=1:12:9)`;

  test('is nothing where all went well', () => {
    expect(new Failures().of(invocation())).toEqual([]);
  });

  test('has the published failures of the records, once', () => {
    const failures = new Failures();
    failures.add([
      { sequenceNumber: '002', deadLettered: false, error: { name: 'RangeError', message: 'no', stack } },
    ]);
    const event = invocation({
      outcome: 'partial',
      response: { batchItemFailures: [{ itemIdentifier: '002' }] },
    });
    expect(failures.of(event)).toEqual([
      {
        eventID: records[1]?.eventID,
        eventName: 'INSERT',
        keys: records[1]?.dynamodb?.Keys,
        deadLettered: false,
        message: 'RangeError: no',
        at: 'src/handler.ts:12',
        stack,
      },
    ]);
    expect(failures.of({ ...event })).toMatchObject([{ message: 'the handler reported it' }]);
  });

  test.each<[string, Partial<InvocationEvent>, object]>([
    ['the thrown error', { error: new Error('no') }, { eventID: undefined, message: 'Error: no' }],
    [
      'the error thrown for a record',
      { error: new Error('no'), records: records.slice(2) },
      { eventID: records[2]?.eventID, eventName: 'INSERT', message: 'Error: no' },
    ],
    ['nothing that has a place', { error: undefined }, { at: undefined, stack: '' }],
    [
      'a record that is not in the batch',
      { response: { batchItemFailures: [{ itemIdentifier: '7' }] } },
      { eventID: undefined, message: 'the response names records that are not in the batch' },
    ],
    [
      'an answer that is none',
      { response: 'done' },
      { message: 'the handler did not return a batch response' },
    ],
  ])('is %s', (_name, fields, expected) => {
    const response = 'error' in fields ? undefined : null;
    expect(new Failures().of(invocation({ outcome: 'failed', response, ...fields }))).toMatchObject([
      expected,
    ]);
  });

  const failure = {
    eventID: 'e1',
    eventName: 'INSERT',
    keys: undefined as unknown,
    deadLettered: false,
    message: 'Error: no',
    at: 'a.ts:1',
    stack: 'Error: no',
  };

  test.each<[outcome: InvocationEvent['outcome'], messages: readonly string[]]>([
    ['succeeded', ['Error: dead']],
    ['partial', ['Error: dead', 'the handler reported it']],
  ])('shows dead letters if the invocation %s', (outcome, messages) => {
    const failures = new Failures();
    const error = { name: 'Error', message: 'dead', stack: '' };
    failures.add([{ sequenceNumber: '001', deadLettered: true, error }]);
    const response = { batchItemFailures: [{ itemIdentifier: '002' }] };
    expect(failures.of(invocation({ outcome, response })).map(({ message }) => message)).toEqual(messages);
  });

  test('is the failure of a record that failed after its dead letter', () => {
    const failures = new Failures();
    const error = { name: 'Error', message: 'no', stack: '' };
    failures.add([true, false].map((deadLettered) => ({ sequenceNumber: '001', deadLettered, error })));
    expect(failures.of(invocation({ outcome: 'failed' }))).toMatchObject([{ deadLettered: false }]);
  });

  test('of an invocation that succeeded is forgotten', () => {
    const failures = new Failures();
    const error = { name: 'Error', message: 'no', stack: '' };
    failures.add([{ sequenceNumber: '002', deadLettered: false, error }]);
    expect(failures.of(invocation())).toEqual([]);
    expect(failures.of(invocation({ outcome: 'failed', response: 'done' }))).toMatchObject([
      { message: 'the handler did not return a batch response' },
    ]);
  });

  test('says which of them are dead letters', () => {
    expect(formatFailures([{ ...failure, deadLettered: true }], plain, false)).toEqual([
      '    INSERT e1  dead letter: Error: no (a.ts:1)',
    ]);
  });

  test('is a line for each, five at most', () => {
    expect(
      formatFailures([failure, { ...failure, eventID: undefined, at: undefined }], plain, false),
    ).toEqual(['    INSERT e1  Error: no (a.ts:1)', '    all of them  Error: no']);
    const apart = Array.from({ length: 7 }, (_, index) => ({ ...failure, message: `Error: ${index}` }));
    expect(formatFailures(apart, plain, false).at(-1)).toBe('    and 2 more failures');
  });

  test('is one line for records that failed in the same way, with their count', () => {
    const keys = (sk: string) => ({ sk: { S: sk }, pk: { N: '1' } });
    const failures = ['a', 'b', 'c'].map((sk) => ({ ...failure, keys: keys(sk) }));
    const letter = { ...failure, deadLettered: true, keys: keys('d') };
    expect(formatFailures([...failures, letter], plain, false, ['pk', 'sk'])).toEqual([
      '    INSERT pk=1 sk="a" and 2 more, ×3  Error: no (a.ts:1)',
      '    INSERT pk=1 sk="d"  dead letter: Error: no (a.ts:1)',
    ]);
  });

  test.each<[string, unknown, readonly string[] | undefined, string]>([
    [
      'by its keys, partition key first',
      { sk: { S: 'O#"3' }, pk: { S: 'C#2' } },
      ['pk', 'sk'],
      'pk="C#2" sk="O#\\"3"',
    ],
    [
      'by numbers and binary',
      { a: { N: '12345678901234567890' }, b: { B: 'AQID' } },
      undefined,
      'a=12345678901234567890 b="AQID"',
    ],
    ['by the keys that it has, where the table has others', { id: { S: 'x' } }, ['pk'], 'id="x"'],
    ['by the beginning of long keys', { id: { S: 'x'.repeat(2000) } }, undefined, `id="${'x'.repeat(60)}…"`],
    ['by its event without keys', {}, [], 'e1'],
    ['by its event where keys cannot be read', { id: { M: {} } }, ['id'], 'e1'],
    ['by its event where a key is not an object', { id: 'x' }, ['id'], 'e1'],
  ])('names a record %s', (_name, keys, names, expected) => {
    expect(formatFailures([{ ...failure, keys }], plain, false, names)).toEqual([
      `    INSERT ${expected}  Error: no (a.ts:1)`,
    ]);
  });

  test.each(['file://elsewhere/a.ts', 'file:///a%2Fb.ts', 'file://['])(
    'is not at %s, which is not a file here',
    (url) => {
      const failures = new Failures();
      const forged = `Error: no\n    at x (${url}:1:2)\n    at check (${here}:12:9)`;
      failures.add([
        {
          sequenceNumber: '002',
          deadLettered: false,
          error: { name: 'Error', message: 'no', stack: forged },
        },
      ]);
      expect(failures.of(invocation({ outcome: 'failed' }))).toMatchObject([{ at: 'src/handler.ts:12' }]);
    },
  );

  test('is found in time that grows with the length of the error', () => {
    const failures = new Failures();
    const message = 'file:///'.repeat(40_000);
    const stack = `Error: ${message}\n    at x (${message}:1:2x)\n${' '.repeat(80_000)}`;
    const started = performance.now();
    failures.add([{ sequenceNumber: '002', deadLettered: false, error: { name: 'Error', message, stack } }]);
    expect(failures.of(invocation({ outcome: 'failed' }))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('of a megabyte is cut, and says so', () => {
    const failures = [{ ...failure, message: 'x'.repeat(2 ** 20) }];
    expect(formatFailures(failures, plain, false)).toEqual([
      expect.stringMatching(/x{16384}… \(1,032,192 characters left out\)/),
    ]);
  });

  test('has its stack when asked for', () => {
    expect(
      formatFailures(
        [failure, { ...failure, message: 'TypeError: no', keys: { id: { S: 'x' } }, stack: '' }],
        plain,
        true,
      ),
    ).toEqual([
      '    INSERT e1  Error: no (a.ts:1)',
      '      Error: no',
      '    INSERT id="x" e1  TypeError: no (a.ts:1)',
    ]);
  });
});

test('the status has what there is to say', () => {
  const tally = emptyTally();
  expect(formatStatus('T', tally, undefined)).toBe('T · 0 records · lag - · checkpoint -');
  tally.recordsSucceeded = 1;
  tally.recordsFiltered = 2;
  tally.recordsDiscarded = 3;
  tally.failedInvocations = 4;
  tally.lagMs = 1500;
  expect(formatStatus('T', tally, '000', 5)).toBe(
    'T · 1 record · 2 filtered · 3 discarded · 5 dead-lettered · 4 failed invocations · lag 1.5 s · checkpoint 0',
  );
});

test('JSON names records and shows none of them', () => {
  const stamp = { id: 1, time: '2026-01-01T00:00:00.000Z' };
  const json = JSON.stringify(jsonOf('invocation', invocation({ error: new TypeError('no') }), stamp, []));
  expect(json).not.toContain('item-0');
  expect(JSON.parse(json)).toMatchObject({
    event: 'invocation',
    ...stamp,
    records: [{ eventName: 'INSERT', sequenceNumber: '001' }, {}, {}],
    error: { name: 'TypeError', message: 'no' },
  });
  const failures = [{ message: 'no', keys: { id: { S: 'item-0' } } }] as never;
  expect(jsonOf('invocation', {}, stamp, failures)).toMatchObject({ failures: [{ message: 'no' }] });
  expect(JSON.stringify(jsonOf('invocation', {}, stamp, failures))).not.toContain('item-0');
  expect(JSON.parse(json)).not.toHaveProperty('failures');
  expect(jsonOf('x', { list: [undefined] }, stamp, [{}] as never)).toMatchObject({
    list: [undefined],
    failures: [{}],
  });
});

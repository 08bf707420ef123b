import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { resourcesOf } from '../../../src/cli/flags/resource-flags.ts';
import { inProcess } from '../in-process.ts';

describe('a created resource is exported as', () => {
  test.each([
    ['createTopic', 'payments', 'PAYMENTS_TOPIC_ARN'],
    ['createTopic', 'payments-topic', 'PAYMENTS_TOPIC_ARN'],
    ['createTopic', 'order_events.fifo', 'ORDER_EVENTS_TOPIC_ARN'],
    ['createTopic', 'topic', 'TOPIC_ARN'],
    ['createTopic', '2026-orders', '_2026_ORDERS_TOPIC_ARN'],
    ['createQueue', 'dead-letter', 'DEAD_LETTER_QUEUE_URL'],
    ['createQueue', 'dead-letter-Queue.fifo', 'DEAD_LETTER_QUEUE_URL'],
    ['createBucket', 'failed.records', 'FAILED_RECORDS_BUCKET'],
    ['createBucket', 'files=MY_FILES', 'MY_FILES'],
    ['createTable', 'AppAudit=itemKey,position', 'APP_AUDIT_TABLE'],
    ['createTable', 'audit.table=id:N', 'AUDIT_TABLE'],
    ['createTable', 'Orders2Audit=pk,sk=AUDIT', 'AUDIT'],
  ])('--%s %s: %s', (flag, text, variable) => {
    expect(resourcesOf({ [flag]: [text] })).toMatchObject([{ variable }]);
  });
});

test('the keys of a table are those of --create', () => {
  expect(resourcesOf({ createTable: ['AppAudit=itemKey,position:N'] })).toEqual([
    {
      kind: 'table',
      name: 'AppAudit',
      variable: 'APP_AUDIT_TABLE',
      keys: [
        { name: 'itemKey', type: 'S' },
        { name: 'position', type: 'N' },
      ],
    },
  ]);
});

test.each([
  [
    ['--create-table', 'App/Audit=id'],
    /--create-table takes a name of 3 to 255 letters, .+, got App\/Audit\./,
  ],
  [['--create-table', 'AppAudit'], /--create-table takes the keys after the name, such as AppAudit=id or/],
  [['--create-table', 'AppAudit='], /Keys are names such as customerId,invoiceId or id:N, .+, got \./],
  [
    ['--create-table', 'AppAudit=a,b,c'],
    /A table has a partition key and at most one sort key, .+, got a,b,c\./,
  ],
  [['--create-table', 'AppAudit=id=1B'], /--create-table takes a variable after the name, .+, got 1B\./],
  [
    ['--create-table', 'Audit=id=A', '--create-topic', 'b=A'],
    /Two of the resources to create have the variable A\./,
  ],
  [['--create-topic', 'a b'], /--create-topic takes a name of letters, digits, .+, got a b\./],
  [['--create-topic', '.fifo'], /--create-topic takes a name of letters/],
  [['--create-queue', `${'q'.repeat(81)}`], /--create-queue takes a name of letters/],
  [
    ['--create-bucket', 'Files'],
    /--create-bucket takes a name of 3 to 63 lowercase letters, .+, got Files\./,
  ],
  [['--create-bucket', 'a..b'], /--create-bucket takes a name of 3 to 63 lowercase .+, got a\.\.b\./],
  [['--create-queue', 'a=1B'], /--create-queue takes a variable after the name, such as a=NAME, got 1B\./],
  [['--create-queue', 'a='], /--create-queue takes a variable after the name, such as a=NAME, got \./],
  [
    ['--create-topic', 'a', '--create-topic', 'a-topic'],
    /Two of the resources to create have the variable A_TOPIC_ARN\. Name a variable, as in/,
  ],
  [
    ['--create-queue', 'a=A', '--create-topic', 'b=A_ARN'],
    /Two of the resources to create have the variable A_ARN\. Name a variable, as in/,
  ],
])('%j is bad input, and nothing is started', async (flags, message) => {
  const { code, stdout, stderr } = await inProcess(['emulators', ...flags]).ended();
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
});

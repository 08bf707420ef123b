import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/demo/books.ts';
import type { Announcement } from '../../src/cli/demo/invoice.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { inProcess } from './in-process.ts';
import { WAYS } from './ways.ts';

describe.each(WAYS)('%s', (_way, run) => {
  test('loses nothing, although the topic fails', async () => {
    const { code, stdout, stderr } = await run(['demo', '--invoices', '20']).ended();
    expect(stderr).toMatch(
      /^Using embedded servers of this command: .+\n20 invoices: .+\nThe topic refuses .+\n$/,
    );
    expect(stdout).toMatch(
      /^WHAT +COUNT +MEANING\nwritten +64 .+\ndelivered +64 .+\nredelivered +\d+ .+ after 4 refused announcements\nreceived +64 .+\nout of order +0 .+\nlost +0 .+\n$/,
    );
    expect(code).toBe(EXIT.ok);
  });

  test('removes what it made from a server that was named, after Ctrl-C too', async () => {
    await using aws = await emulatedServers();
    const env = aws.environment;
    const tables = async () =>
      (await new DynamoDBClient(aws.dynamodb).send(new ListTablesCommand({}))).TableNames;
    const { code, stdout } = await run(['demo', '--invoices', '10', '--json'], { env }).ended();
    expect(JSON.parse(stdout)).toMatchObject({
      invoices: 10,
      written: 32,
      delivered: 32,
      refused: 2,
      received: 32,
      lost: 0,
      outOfOrder: 0,
    });
    expect(code).toBe(EXIT.ok);
    expect(await tables()).toEqual([]);

    const interrupted = run(['demo', '--invoices', '50000'], { env });
    await expect.poll(tables).toHaveLength(1);
    interrupted.interrupt();
    expect((await interrupted.ended()).code).toBe(EXIT.interrupted);
    expect(await tables()).toEqual([]);
  });
});

test.each(['0', '1e9', 'many'])('--invoices %s is bad input', async (count) => {
  const { code, stderr } = await inProcess(['demo', '--invoices', count]).ended();
  expect(stderr).toBe(`error: --invoices has to be a whole number from 1 to 99999, got ${count}.\n`);
  expect(code).toBe(EXIT.usage);
});

const told = (...changes: string[]): Announcement[] =>
  changes.map((change) => {
    const [invoiceId = '', what] = change.split(' ');
    return { invoiceId, what: what as Announcement['what'] };
  });

test.each([
  ['everything in order', told('1 drafted', '2 drafted', '1 opened'), { lost: 0, outOfOrder: 0 }],
  [
    'some of it twice',
    told('1 drafted', '1 drafted', '1 opened', '1 drafted', '2 drafted'),
    { lost: 0, outOfOrder: 0 },
  ],
  ['one change not', told('1 drafted', '2 drafted'), { lost: 1, outOfOrder: 0 }],
  ['an invoice not', told('1 drafted', '1 opened'), { lost: 1, outOfOrder: 0 }],
  ['the later change first', told('1 opened', '1 drafted', '2 drafted'), { lost: 0, outOfOrder: 1 }],
])('the books notice: %s was received', (_name, received, verdict) => {
  expect(judge(told('1 drafted', '1 opened', '2 drafted'), received)).toEqual(verdict);
});

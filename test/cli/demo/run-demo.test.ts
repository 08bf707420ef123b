import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import { planInvoices } from '../../../examples/invoice-workflow/plan-invoices.ts';
import * as workflow from '../../../examples/invoice-workflow/workflow.ts';
import type { InvoiceWorkflow } from '../../../src/cli/demo/run-demo.ts';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { inProcess } from '../in-process.ts';
import type { RunningCommand } from '../running-command.ts';

const environment = { ...process.env };

/** Runs the command with new modules, as in a process of its own: the function's clients are made when it is loaded. */
async function run(...[argv, options]: Parameters<typeof inProcess>): Promise<RunningCommand> {
  vi.resetModules();
  Object.assign(process.env, options?.env);
  const { inProcess } = await import('../in-process.ts');
  return inProcess(['demo', ...argv], options);
}

// The command and the workflow set variables, as does `run`.
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});

/** The changes that the example makes to so many invoices. */
const changesOf = (invoices: number) => planInvoices(invoices, 1).filter(({ kind }) => kind !== 'resave');

test('loses nothing, although a topic fails and a currency is unknown at first', async () => {
  const { code, stdout, stderr } = await (await run(['--invoices', '60'])).ended();
  expect(stderr).toMatch(
    /^Using embedded servers of this command: .+\n60 invoices: .+\nOne topic refuses .+\n(written \d+ {2}delivered .+\n)+$/,
  );
  const rows = Object.fromEntries(
    [...stdout.matchAll(/^(\S+(?: \S+)*) {2,}(\d+) {2,}\S/gm)].map(([, what, n]) => [what, Number(n)]),
  );
  expect(stdout).toMatch(/^WHAT +COUNT +MEANING\n/);
  expect(rows).toMatchObject({ 'received twice': 0, 'order violations': 0, lost: 0 });
  expect(rows.written).toBe(changesOf(60).length);
  expect(rows.delivered).toBe(rows.written);
  expect(rows.received).toBe(changesOf(60).filter(({ announced }) => announced).length);
  expect(rows.redelivered).toBeGreaterThan(0);
  expect(rows['dead letters']).toBeGreaterThan(0);
  expect(code).toBe(EXIT.ok);
});

test('removes its resources from a named server, after Ctrl-C too', async () => {
  await using aws = await emulatedServers();
  const [dynamodb, sns, sqs] = [
    new DynamoDBClient(aws.dynamodb),
    new SNSClient(aws.sns),
    new SQSClient(aws.sqs),
  ];
  const tables = async () => (await dynamodb.send(new ListTablesCommand({}))).TableNames;
  const rest = async () => [
    ...((await tables()) ?? []),
    ...((await sns.send(new ListTopicsCommand({}))).Topics ?? []),
    ...((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []),
  ];
  const env = aws.environment;
  const { code, stdout } = await (await run(['--invoices', '30', '--json'], { env })).ended();
  expect(JSON.parse(stdout)).toMatchObject({
    invoices: 30,
    written: changesOf(30).length,
    delivered: changesOf(30).length,
    refused: 4,
    lost: 0,
    orderViolations: 0,
    receivedAgain: 0,
    passed: true,
  });
  expect(code).toBe(EXIT.ok);
  expect(await rest()).toEqual([]);

  const interrupted = await run(['--invoices', '50000'], { env });
  await interrupted.seen(/^written [1-9]/m);
  expect(await tables()).toHaveLength(1);
  interrupted.interrupt();
  expect(await interrupted.ended()).toMatchObject({ code: EXIT.interrupted, stdout: '' });
  expect(await rest()).toEqual([]);
});

test.each(['0', '1e9', 'many'])('--invoices %s is bad input', async (count) => {
  const { code, stderr } = await (await run(['--invoices', count])).ended();
  expect(stderr).toBe(`error: --invoices has to be a whole number from 1 to 99999, got ${count}.\n`);
  expect(code).toBe(EXIT.usage);
});

test('an announcement that never arrives is lost, and the exit code is 1', { timeout: 60_000 }, async () => {
  await using aws = await emulatedServers();
  const command = await run(['--invoices', '150', '--json'], { env: aws.environment });
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const { QueueUrls: [QueueUrl] = [] } = await eventually(async () => {
    const queues = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'payments-' }));
    expect(queues.QueueUrls).toHaveLength(1);
    return queues;
  });
  // Another reader of the payments queue keeps what it finds.
  await eventually(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
    expect(Messages).toHaveLength(1);
  });
  const { code, stdout } = await command.ended();
  const report = JSON.parse(stdout);
  const announced = changesOf(150).filter((change) => change.announced);
  expect(report.lost).toBeGreaterThan(0);
  expect(report.received + report.lost).toBe(announced.length);
  expect(code).toBe(EXIT.failed);
});

test('the example has the permissions that the command needs', () => {
  const { runWorkflow, rowsOf }: InvoiceWorkflow = workflow;
  expect([runWorkflow, rowsOf]).toEqual([expect.any(Function), expect.any(Function)]);
});

import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/errors/exit-codes.ts';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { spawned } from './spawned.ts';

// What only a process shows. The logic of the commands is tested inside the tests, in the files of the commands.

let aws: Emulators;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
});

afterAll(() => aws.stop());

test.each([
  [['--version'], EXIT.ok],
  [['streams', 'list', 'Nowhere'], EXIT.failed],
  [['tial'], EXIT.usage],
])('%j ends the process with its exit code', async (argv, code) => {
  expect((await spawned(argv, { env }).ended()).code).toBe(code);
});

test('the commands work together as processes', async () => {
  const create = await spawned(['tables', 'create', 'Books', '--keys', 'id'], { env }).ended();
  expect(create).toMatchObject({ code: EXIT.ok, stderr: '' });
  const put = await spawned(['put', 'Books', '--item', '{"id":"b1"}'], { env }).ended();
  expect(put).toEqual({ code: EXIT.ok, stdout: 'Put 1 item into Books.\n', stderr: '' });
  const list = await spawned(['streams', 'list', '--json'], { env }).ended();
  expect(JSON.parse(list.stdout)).toMatchObject({ table: 'Books' });
  const argv = ['tail', 'Books', '--from', 'TRIM_HORIZON', '--limit', '1', '--json'];
  const tail = await spawned(argv, { env }).ended();
  expect(JSON.parse(tail.stdout)).toMatchObject({ eventName: 'INSERT' });
  expect(tail.code).toBe(EXIT.ok);
  const demo = await spawned(['demo', '--invoices', '5', '--json'], { env }).ended();
  expect(JSON.parse(demo.stdout)).toMatchObject({ invoices: 5, lost: 0 });
});

test('stdin is read to its end', async () => {
  const input = JSON.stringify({ Records: [] });
  const { code, stdout } = await spawned(['invoke', 'test/cli/handlers.ts#text', '-'], {
    env,
    input,
  }).ended();
  expect(stdout).toContain('Successfully processed 0 records.');
  expect(code).toBe(EXIT.ok);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a command that runs until then, with success',
  async (signal) => {
    const table = `Until${signal}`;
    await spawned(['tables', 'create', table, '--keys', 'id'], { env }).ended();
    const command = spawned(['tail', table], { env });
    await command.seen(/Ctrl-C stops/);
    await spawned(['put', table, '--item', '{"id":"printed"}'], { env }).ended();
    await command.seen(/printed/);
    command.kill(signal);
    const { code, stdout } = await command.ended();
    expect(stdout).toContain('printed');
    expect(code).toBe(EXIT.ok);
  },
);

test('what a handler logs while records are replayed goes to stderr', async () => {
  const record: DynamoDBRecord = {
    eventID: 'e1',
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { Keys: { id: { S: 'x' } }, NewImage: { id: { S: 'x' } }, SequenceNumber: '1' },
  };
  const input = JSON.stringify(createDeadLetter(record, new Error('no'), undefined));
  const argv = ['replay', '-', '--handler', 'test/cli/handlers.ts#logging'];
  const { stdout, stderr } = await spawned(argv, { env, input }).ended();
  expect(stderr).toContain('logged 1\n');
  expect(stdout).not.toContain('logged');
});

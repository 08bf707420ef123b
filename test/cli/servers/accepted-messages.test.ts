import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AcceptedMessages } from '../../../src/cli/servers/accepted-messages.ts';
import type { AcceptedMessage } from '../../../src/emulators/accepted-messages.ts';
import { eventually } from '../../fixtures/eventually.ts';

const message = (body: string, more: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  service: 'sns',
  name: 'invoices',
  id: 'id',
  groupId: undefined,
  body,
  ...more,
});

function messagesOf(areShown: boolean, areWhole = false) {
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  const style = (_format: unknown, text: string): string => text;
  const messages = new AcceptedMessages({ style, areShown, areWhole, onPlace: write, onMessage: write });
  return { messages, lines };
}

test('each topic, queue and bucket has one line, and the first one says how messages are shown', () => {
  const { messages, lines } = messagesOf(false);
  messages.add([message('a'), message('b')]);
  messages.add([message('c', { service: 'sqs' }), message('d'), message('e', { service: 's3' })]);
  messages.add([message('f', { service: 'dynamodb', name: 'Audit' })]);
  expect(lines).toEqual([]);
  messages.flush();
  expect(lines).toEqual([
    '→ SNS invoices  3 messages  (--show-messages prints them)',
    '→ SQS invoices  1 message',
    '→ S3 invoices  1 object',
    '→ DynamoDB Audit  1 change',
  ]);
  messages.flush();
  expect(lines).toHaveLength(4);
});

test('they are written soon, without an invocation too', async () => {
  const { messages, lines } = messagesOf(false);
  messages.add([message('a')]);
  await sleep(20);
  messages.add([message('b')]);
  await eventually(() =>
    expect(lines).toEqual(['→ SNS invoices  2 messages  (--show-messages prints them)']),
  );
  messages.add([message('c')]);
  await eventually(() => expect(lines.at(-1)).toBe('→ SNS invoices  1 message'));
});

test('messages are shown with their group, and objects with their key', () => {
  const { messages, lines } = messagesOf(true);
  messages.add([
    message('a'),
    message('b', { groupId: 'g' }),
    message('c', { service: 's3', name: 'files', id: 'k' }),
  ]);
  messages.flush();
  expect(lines).toEqual([
    '→ SNS invoices  2 messages',
    '    a',
    '    group g  b',
    '→ S3 files  1 object',
    '    k  c',
  ]);
});

test('of a flood five are shown, and of a long message its beginning', () => {
  const { messages, lines } = messagesOf(true);
  for (let index = 0; index < 1000; index++) messages.add([message(`${index}`.padEnd(100_000, '.'))]);
  messages.flush();
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe('→ SNS invoices  1000 messages');
  expect(lines[5]).toBe(`    ${'4'.padEnd(300, '.')}… (--verbose prints all 100000 characters)`);
  expect(lines[6]).toBe('    and 995 more messages');
});

test('with --verbose, a long message is shown whole', () => {
  const { messages, lines } = messagesOf(true, true);
  messages.add([message('long'.padEnd(100_000, '.'))]);
  messages.flush();
  expect(lines[1]).toBe(`    ${'long'.padEnd(100_000, '.')}`);
});

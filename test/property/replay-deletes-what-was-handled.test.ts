import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReplaySummary, replay } from '../../src/replay/index.ts';
import { recordOf } from '../fixtures/events.ts';

/** The text of a letter as version 0.1.0 writes it, with its record as JSON or, where it nests deep, as text. */
const letterText = (record: DynamoDBRecord, deep: boolean): string =>
  JSON.stringify({
    version: 'streamlane.dead-letter/1',
    id: `${record.eventSourceARN}/${record.dynamodb?.SequenceNumber}`,
    time: '2026-01-01T12:00:00.000Z',
    error: { name: 'Error', message: 'no' },
    function: { name: 'invoices', version: '$LATEST', requestId: 'r' },
    record: deep ? JSON.stringify(record) : record,
  });
const payloadText = (Records: readonly DynamoDBRecord[]): string =>
  JSON.stringify({ version: '1.0', DDBStreamBatchInfo: {}, payload: JSON.stringify({ Records }) });
const notification = (Message: string): string => JSON.stringify({ Type: 'Notification', Message });
const event = (detail: string): string =>
  JSON.stringify({ 'detail-type': 'dead letter', detail: JSON.parse(detail) });

type Kind = 'letter' | 'deep' | 'notification' | 'event' | 'payload' | 'broken';
interface Sketch {
  readonly kind: Kind;
  /** The records that it holds, by index. */
  readonly holds: readonly number[];
}

function bodyOf({ kind, holds }: Sketch, records: readonly DynamoDBRecord[]): string {
  const held = holds.map((index) => records[index % records.length] as DynamoDBRecord);
  const first = held[0] as DynamoDBRecord;
  if (kind === 'broken') return letterText(first, false).slice(0, -9);
  if (kind === 'payload') return payloadText(held);
  const text = letterText(first, kind === 'deep');
  if (kind === 'notification') return notification(text);
  return kind === 'event' ? event(text) : text;
}

/** A queue that hands out each message once, and takes deletions. */
function queueOf(bodies: readonly string[], onDelete: (index: number) => void) {
  const waiting = bodies.map((Body, index) => ({ Body, MessageId: `${index}`, ReceiptHandle: `${index}` }));
  return {
    async send(command: object): Promise<object> {
      if (command instanceof ReceiveMessageCommand) return { Messages: waiting.splice(0, 10) };
      if (command instanceof DeleteMessageBatchCommand)
        for (const { ReceiptHandle } of command.input.Entries ?? []) onDelete(Number(ReceiptHandle));
      return {};
    },
  };
}

const sketches = fc.record({
  kind: fc.constantFrom<Kind>('letter', 'deep', 'notification', 'event', 'payload', 'broken'),
  holds: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
});

test('a replay deletes a message only when each of its records was handled, or skipped as older', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 }),
      fc.array(sketches, { maxLength: 15 }),
      fc.record({
        batchSize: fc.integer({ min: 1, max: 6 }),
        poison: fc.array(fc.nat(11), { maxLength: 3 }),
        howItFails: fc.constantFrom('throws', 'reports', 'rejects'),
        interruptAt: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
        newestOnly: fc.boolean(),
        older: fc.constantFrom('a', 'b', 'none'),
      }),
      async (items, messages, plan) => {
        const records = items.map((id, index) => recordOf({ id }, index));
        const indexOf = ({ eventID }: DynamoDBRecord): number => Number.parseInt(`${eventID}`, 16);
        const handled = new Set<number>();
        const stopping = new AbortController();
        let invocations = 0;
        const handler = async ({ Records }: DynamoDBStreamEvent): Promise<unknown> => {
          if (invocations++ === plan.interruptAt) stopping.abort();
          for (const record of Records) {
            const index = indexOf(record);
            if (!plan.poison.includes(index)) handled.add(index);
            else if (plan.howItFails === 'reports')
              return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber }] };
            else if (plan.howItFails === 'throws') throw new Error('midway');
            else return Promise.reject(undefined);
          }
          return { batchItemFailures: [] };
        };
        const isOlder = (index: number): boolean => plan.newestOnly && items[index] === plan.older;
        const tableClient = {
          send: async ({ input }: { readonly input: { readonly Key: { readonly id: { S: string } } } }) =>
            input.Key.id.S === plan.older ? {} : { Item: input.Key },
        };
        const bodies = messages.map((message) => bodyOf(message, records));
        const deleted: number[] = [];
        const heldBy = (index: number): readonly number[] => {
          const { kind, holds } = messages[index] as Sketch;
          return (kind === 'payload' ? holds : holds.slice(0, 1)).map((held) => held % records.length);
        };
        const settings = {
          handler,
          batchSize: plan.batchSize,
          signal: stopping.signal,
          newestOnly: plan.newestOnly,
          tableClient: tableClient as never,
        };
        const isSettled = (index: number): boolean =>
          messages[index]?.kind !== 'broken' &&
          heldBy(index).every((held) => handled.has(held) || isOlder(held));
        const check = ({ messages: reports, remaining }: ReplaySummary): void => {
          expect(reports).toHaveLength(bodies.length);
          expect(remaining).toBe(reports.filter(({ status }) => status === 'remaining').length);
          for (const [index, { status, reason }] of reports.entries()) {
            if (status === 'remaining') expect(reason).toBeDefined();
            else expect(isSettled(index)).toBe(true);
          }
        };

        const queue = queueOf(bodies, (index) => {
          // At this moment, not only at the end.
          expect(isSettled(index)).toBe(true);
          deleted.push(index);
        });
        const fromQueue = await replay({
          ...settings,
          queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/letters',
          sqsClient: queue as never,
        });
        check(fromQueue);
        const gone = fromQueue.messages.flatMap(({ status }, index) =>
          status === 'remaining' ? [] : [index],
        );
        expect(deleted.toSorted((a, b) => a - b)).toEqual(gone);

        handled.clear();
        invocations = 0;
        check(await replay({ ...settings, documents: bodies }));
        if (stopping.signal.aborted) expect(handled.size).toBe(0);
      },
    ),
  );
});

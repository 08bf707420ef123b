import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { OnFailureDocument } from '../../../src/delivery/on-failure-document.ts';
import { replay } from '../../../src/replay/index.ts';
import type { Change } from '../model/table.ts';
import { inside, monotonicNow } from './clock.ts';
import { type Invocation, nothingYet } from './journal.ts';
import type { Sandbox } from './sandbox.ts';
import type { InvocationContext, World } from './world.ts';

const TIME_MS = 30_000;

/**
 * Replays all letters and on-failure documents through a new sandbox, and checks each message that is reported as
 * replayed: its records were handled.
 */
export async function replayEverything(
  world: World,
  sandbox: Sandbox,
  documents: readonly OnFailureDocument[],
): Promise<void> {
  const { history, journal, targets } = world;
  const letters = targets.accepted
    .filter(({ target }) => target === 'letters')
    .map(({ body }) => body as Letter);
  const sent = [...documents, ...letters];
  if (sent.length === 0) return;
  // What came twice, in another order, and what is neither a letter nor a document.
  const messages: readonly unknown[] = [...foreignMessages(), ...sent, ...sent.slice(0, 2)].toSorted(
    (a, b) =>
      world.random.of('replay', JSON.stringify(plain(a))) -
      world.random.of('replay', JSON.stringify(plain(b))),
  );
  const { length: letterCount } = targets.accepted.filter(({ target }) => target === 'letters');
  const handled = new Set<number>();
  /** Answered as succeeded. */
  const reported = new Set<number>();
  const begun = new Set<number>();
  const newest = new Map<number, number>();
  const handler = (event: DynamoDBStreamEvent, _context: Context): Promise<unknown> => {
    const invocation = invocationOf(world, sandbox, event);
    for (const index of invocation.indexes) {
      const { item } = world.changes[index] as Change;
      if (reported.has(index))
        history.violate('replay', `change ${index} is handed over although it has succeeded`);
      if (!begun.has(index) && index < (newest.get(item) ?? -1))
        history.violate('replay', `change ${index} comes after a later one of its item`);
      begun.add(index);
      newest.set(item, Math.max(newest.get(item) ?? -1, index));
    }
    const context = contextOf(invocation);
    return inside(sandbox, async () => {
      const response = await sandbox.handler(event as never, context);
      for (const index of invocation.settled) handled.add(index);
      const [failure] = (response as { batchItemFailures: { itemIdentifier: string }[] }).batchItemFailures;
      const checkpoint =
        failure === undefined ? Number.POSITIVE_INFINITY : world.indexOf(failure.itemIdentifier);
      for (const index of invocation.indexes) if (index < checkpoint) reported.add(index);
      invocation.over = true;
      return response;
    });
  };
  const summary = await replay({
    documents: messages,
    client: streamClient(world) as never,
    handler: handler as never,
  });
  history.count('message replayed', summary.messages.filter(({ status }) => status === 'replayed').length);
  history.count('message remains', summary.remaining);
  for (const [place, { status, reason }] of summary.messages.entries()) {
    const message = messages[place];
    if (!isSent(message)) {
      if (reason !== 'not-understood') history.violate('replay', `a foreign message was ${status}`);
      continue;
    }
    const indexes = indexesIn(world, message);
    if (reason === 'failed' && indexes.length === 1) {
      const [failed = 0] = indexes;
      const { item } = world.changes[failed] as Change;
      if ([...reported].some((index) => index > failed && world.changes[index]?.item === item))
        history.violate('replay', `item ${item} went on behind change ${failed}, which failed`);
    }
    if (status !== 'replayed') continue;
    for (const index of indexes) {
      const wanted = journal.reference.routesOf(world.changes[index] as never).length > 0;
      if (wanted && !handled.has(index) && !journal.isNoted(index))
        history.violate('replay', `change ${index} is reported as replayed, and no handler completed it`);
    }
  }
  if (summary.messages.length !== messages.length)
    history.violate(
      'replay',
      `${messages.length} messages gave ${summary.messages.length} reports, after ${letterCount} letters`,
    );
}

/** Other messages that may lie in a queue. */
function foreignMessages(): readonly unknown[] {
  const itself: Record<string, unknown> = {};
  itself.itself = itself;
  return [null, 'text', '{"version":{"toString":1}}', { DDBStreamBatchInfo: {} }, itself];
}

function isSent(message: unknown): message is Message {
  return (
    typeof message === 'object' && message !== null && ('record' in message || 'requestContext' in message)
  );
}

function plain(message: unknown): unknown {
  return isSent(message) ? message : typeof message;
}

interface Letter {
  readonly record: DynamoDBRecord;
}

type Message = Letter | OnFailureDocument;

/** The changes that a message is about. */
function indexesIn(world: World, message: Message): readonly number[] {
  if ('record' in message) return [world.indexOf(message.record.dynamodb?.SequenceNumber)];
  const { shardId, startSequenceNumber, endSequenceNumber } = message.DDBStreamBatchInfo;
  const [from, to] = [BigInt(startSequenceNumber), BigInt(endSequenceNumber)];
  const changes = world.shards.find(({ id }) => id === shardId)?.changes ?? [];
  return changes
    .filter(({ record }) => {
      const number = BigInt(record.dynamodb?.SequenceNumber ?? 0);
      return number >= from && number <= to;
    })
    .map(({ index }) => index);
}

function invocationOf(world: World, sandbox: Sandbox, event: DynamoDBStreamEvent): Invocation {
  const invocation: Invocation = {
    number: -1,
    pass: Number.MAX_SAFE_INTEGER,
    indexes: event.Records.map(({ dynamodb }) => world.indexOf(dynamodb?.SequenceNumber)),
    event,
    records: [...event.Records],
    ...nothingYet(),
    sandbox,
    beginsReported: false,
    deadlineAt: monotonicNow() + TIME_MS,
    endsAt: monotonicNow() + TIME_MS + 10,
  };
  world.begin(invocation);
  return invocation;
}

function contextOf(invocation: Invocation): InvocationContext {
  return {
    invocation,
    hookThrows: false,
    awsRequestId: 'replay',
    functionName: 'copy',
    getRemainingTimeInMillis: () => invocation.endsAt - monotonicNow(),
  } as unknown as InvocationContext;
}

/** The stream, as far as replay reads it. */
function streamClient(world: World): object {
  const positions = new Map<string, { readonly shardId: string; readonly from: bigint }>();
  return {
    send: async (command: { readonly input: Record<string, string> }) => {
      const { input } = command;
      switch (command.constructor.name) {
        case 'ListStreamsCommand':
          return { Streams: [] };
        case 'DescribeStreamCommand':
          return {
            StreamDescription: {
              StreamStatus: 'ENABLED',
              Shards: world.shards.map(({ id, parent }) => ({ ShardId: id, ParentShardId: parent })),
            },
          };
        case 'GetShardIteratorCommand': {
          const iterator = `${positions.size}`;
          positions.set(iterator, {
            shardId: input.ShardId as string,
            from: BigInt(input.SequenceNumber ?? 0),
          });
          return { ShardIterator: iterator };
        }
        default: {
          const position = positions.get(input.ShardIterator as string);
          const changes = world.shards.find(({ id }) => id === position?.shardId)?.changes ?? [];
          const Records = changes
            .map(({ record: { eventID, eventName, dynamodb, userIdentity } }) => {
              const { ApproximateCreationDateTime: seconds, ...change } = dynamodb ?? {};
              const ApproximateCreationDateTime = new Date((seconds ?? 0) * 1000);
              return {
                eventID,
                eventName,
                // As the SDK spells it.
                ...(userIdentity && {
                  userIdentity: { PrincipalId: userIdentity.principalId, Type: userIdentity.type },
                }),
                dynamodb: { ...change, ApproximateCreationDateTime },
              };
            })
            .filter(({ dynamodb }) => BigInt(dynamodb.SequenceNumber ?? 0) >= (position?.from ?? 0n));
          return { Records };
        }
      }
    },
  };
}

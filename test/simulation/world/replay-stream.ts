import { sleep } from './clock.ts';
import type { World } from './world.ts';

/** Records in an answer of GetRecords. */
const PAGE = 3;

/** A range is asked for anew so often that it can be read at last, or not. */
const PASSING_THROTTLES = 2;

/**
 * The changes that have left their shards: some shards have lost their oldest records, many up to where a range begins.
 *
 * @param begins changes before which a shard may be cut
 */
export function changesGone(world: World, begins: readonly number[]): ReadonlySet<number> {
  const { random, shards } = world;
  return new Set(
    shards.flatMap(({ id, changes }) => {
      const begin = changes.findIndex(({ index }) => begins.includes(index));
      if (begin > 0 && random.percent(60, 'gone up to a range', id))
        return changes.slice(0, begin).map(({ index }) => index);
      if (!random.percent(25, 'gone', id)) return [];
      return changes.slice(0, random.below(changes.length, 'oldest', id)).map(({ index }) => index);
    }),
  );
}

/** How the server answers for a range, of 100. */
function luckOf({ random }: World, shardId: string, startSequenceNumber: string): number {
  return random.below(100, 'range', `${shardId} ${startSequenceNumber}`);
}

/** Tells if the server says that a range has left the stream. */
export function isAnswerTrimmed(world: World, shardId: string, startSequenceNumber: string): boolean {
  const luck = luckOf(world, shardId, startSequenceNumber);
  return luck >= 15 && luck < 20;
}

/** The stream, as far as replay reads it. Where a range's first record is gone, it begins with the oldest that is there. */
export function streamClient(world: World, gone: ReadonlySet<number>): object {
  const positions = new Map<string, { readonly shardId: string; readonly from: bigint }>();
  const { random, history } = world;
  const fail = (name: string): never => {
    history.count(`replay: ${name}`);
    throw Object.assign(new Error(name), { name });
  };
  /** Some ranges cannot be read for now, some no more, and some at the third attempt. */
  const mayFail = ({ ShardId = '', SequenceNumber = '' }: Record<string, string>): void => {
    const range = `${ShardId} ${SequenceNumber}`;
    const luck = luckOf(world, ShardId, SequenceNumber);
    if (luck < 15) fail('ThrottlingException');
    if (isAnswerTrimmed(world, ShardId, SequenceNumber)) fail('TrimmedDataAccessException');
    if (luck < 30 && world.nextAttempt(`range ${range}`) < PASSING_THROTTLES) fail('InternalServerError');
  };
  return {
    send: async (command: { readonly input: Record<string, string> }) => {
      const { input } = command;
      await sleep(1);
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
          mayFail(input);
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
            .filter(({ index }) => !gone.has(index))
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
          const page = Records.slice(0, PAGE);
          if (Records.length <= PAGE) return { Records };
          const iterator = `${positions.size}`;
          const next = BigInt(page.at(-1)?.dynamodb.SequenceNumber ?? 0) + 1n;
          positions.set(iterator, { shardId: position?.shardId ?? '', from: next });
          // An answer may be empty, and more follow.
          const isEmpty = random.percent(20, 'empty page', input.ShardIterator ?? '');
          if (isEmpty)
            positions.set(iterator, position as { readonly shardId: string; readonly from: bigint });
          return { Records: isEmpty ? [] : page, NextShardIterator: iterator };
        }
      }
    },
  };
}

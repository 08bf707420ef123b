import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { OnFailureDocument } from '../../../src/delivery/on-failure-document.ts';
import { keysText } from '../../../src/item/sorted-entries.ts';
import { replay } from '../../../src/replay/index.ts';
import type { Change } from '../model/table.ts';
import { inside, monotonicNow, sleep } from './clock.ts';
import { type Invocation, nothingYet } from './journal.ts';
import { sourceOf } from './replay-source.ts';
import { changesGone, isAnswerTrimmed, streamClient } from './replay-stream.ts';
import type { Sandbox } from './sandbox.ts';
import type { InvocationContext, World } from './world.ts';

const TIME_MS = 30_000;

/** Longer than any replay takes. */
const NEVER_MS = 10 ** 8;

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
  const rests = restsOf(world, documents);
  const gone = changesGone(world, [
    ...rests.map((rest) => indexesIn(world, rest)[0] as number),
    ...documents.flatMap((document) => wholeByCount(world, document)),
  ]);
  const sent = [...documents, ...rests, ...letters];
  if (sent.length === 0) return;
  // In another order, with repeats, and with messages that are neither a letter nor a document.
  const messages: readonly unknown[] = [...foreignMessages(), ...sent, ...sent.slice(0, 2)]
    // By their places, as each history names its stream anew.
    .map((message, place) => ({ message, luck: world.random.of('replay', place) }))
    .toSorted((a, b) => a.luck - b.luck)
    .map(({ message }) => message);
  const source = sourceOf(world, messages);
  const newestOnly = world.random.percent(25, 'newest only');
  const stop = new AbortController();
  const stops = world.random.percent(20, 'stops');
  const stopTimer = setTimeout(() => stop.abort(), stops ? world.random.below(200, 'stops after') : NEVER_MS);
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
      if (newestOnly && hasNewer(world, index))
        history.violate('replay', `change ${index} is handed over, and its table has a newer image`);
      // What comes in a later round may be older.
      if (!source.inRounds && !begun.has(index) && index < (newest.get(item) ?? -1))
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
    ...source.options,
    client: streamClient(world, gone) as never,
    handler: handler as never,
    signal: stop.signal,
    ...(newestOnly && { newestOnly, tableClient: tableClient(world) as never }),
  });
  clearTimeout(stopTimer);
  if (stop.signal.aborted) history.count('replay stopped');
  history.count(`replay of ${source.name}`);
  if (newestOnly) history.count('replay of newest images only');
  history.count('message replayed', summary.messages.filter(({ status }) => status === 'replayed').length);
  history.count('message remains', summary.remaining);
  for (const { id, status, reason } of summary.messages) {
    const message = source.messages.get(id);
    if (reason !== undefined) history.count(`message remains: ${reason}`);
    if (reason === 'unreadable' && isSent(message) && !source.inRounds && !newestOnly)
      checkHeldBack(world, indexesIn(world, message), begun);
    source.check?.(id, status, reason);
    if (isSent(message) && !('record' in message)) checkRange(world, gone, message, reason);
    if (!isSent(message)) {
      if (reason !== 'unrecognized') history.violate('replay', `a foreign message was ${status}`);
      continue;
    }
    const indexes = indexesIn(world, message);
    if (reason === 'failed' && indexes.length === 1) {
      const [failed = 0] = indexes;
      const { item } = world.changes[failed] as Change;
      if (
        !source.inRounds &&
        [...reported].some((index) => index > failed && world.changes[index]?.item === item)
      )
        history.violate('replay', `item ${item} went on behind change ${failed}, which failed`);
    }
    if (status !== 'replayed') continue;
    if (!('record' in message) && message.DDBStreamBatchInfo.batchSize !== indexes.length)
      history.violate(
        'replay',
        `a range of ${indexes.length} records is replayed, and others were discarded`,
      );
    for (const index of indexes) {
      const isSkipped = newestOnly && hasNewer(world, index);
      const wanted = !isSkipped && journal.reference.needsHandling(world.changes[index] as Change);
      if (wanted && !handled.has(index) && !journal.isNoted(index))
        history.violate('replay', `change ${index} is reported as replayed, and no handler completed it`);
    }
  }
  const isWhole = !source.inRounds && !(stop.signal.aborted && source.name !== 'documents');
  if (isWhole && summary.messages.length !== messages.length)
    history.violate('replay', `${messages.length} messages gave ${summary.messages.length} reports`);
}

/** The records of a range that cannot be read for now are not overtaken, unless another message has them too. */
function checkHeldBack(world: World, unread: readonly number[], begun: ReadonlySet<number>): void {
  for (const index of unread) {
    const { item } = world.changes[index] as Change;
    if (begun.has(index)) continue;
    const later = [...begun].find((other) => other > index && world.changes[other]?.item === item);
    if (later !== undefined)
      world.history.violate(
        'replay',
        `change ${later} is handed over before change ${index}, whose range was not read`,
      );
  }
}

/** Checks that a range lacks records, or has too many, where its problem says so. */
function checkRange(
  world: World,
  gone: ReadonlySet<number>,
  message: OnFailureDocument,
  reason: string | undefined,
): void {
  const { shardId, startSequenceNumber, batchSize } = message.DDBStreamBatchInfo;
  const indexes = indexesIn(world, message);
  if (reason === 'mismatch' && indexes.length <= batchSize)
    world.history.violate('replay', `a range of ${indexes.length} records is said to hold more`);
  const isTrimmed =
    isAnswerTrimmed(world, shardId, startSequenceNumber) || indexes.some((index) => gone.has(index));
  if (reason === 'trimmed' && !isTrimmed)
    world.history.violate('replay', 'a range is said to have left the stream, and all of it is there');
}

/** Documents about the rests of some ranges: a mapping made anew may begin in the midst of a former batch. */
function restsOf(world: World, documents: readonly OnFailureDocument[]): readonly OnFailureDocument[] {
  return documents.flatMap((document, place) => {
    const { DDBStreamBatchInfo: range } = document;
    const indexes = indexesIn(world, document);
    if (indexes.length !== range.batchSize || indexes.length < 2) return [];
    if (!world.random.percent(80, 'rest of a range', place)) return [];
    world.history.count('replay: ranges that overlap');
    const rest = indexes.slice(1 + world.random.below(indexes.length - 1, 'rest begins', place));
    const startSequenceNumber = world.changes[rest[0] as number]?.record.dynamodb?.SequenceNumber as string;
    return [{ ...document, DDBStreamBatchInfo: { ...range, startSequenceNumber, batchSize: rest.length } }];
  });
}

/** The change that a range of several lanes may begin with, so that the number of its records fits although the first one is gone. */
function wholeByCount(world: World, document: OnFailureDocument): readonly number[] {
  const indexes = indexesIn(world, document);
  const excess = indexes.length - document.DDBStreamBatchInfo.batchSize;
  return excess > 0 ? [indexes[excess] as number] : [];
}

/** Tells if the table has a newer image of the change's item, as far as the record can show it. */
function hasNewer({ changes }: World, index: number): boolean {
  const { item, eventName, record } = changes[index] as Change;
  const last = changes.filter((change) => change.item === item).at(-1) as Change;
  const isThere = last.eventName !== 'REMOVE';
  if (eventName === 'REMOVE') return isThere;
  return !isThere || (record.dynamodb?.NewImage !== undefined && last.index !== index);
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

/** The table in its present state, as far as replay reads it. */
function tableClient({ changes, random, history }: World): object {
  return {
    send: async ({ input }: { readonly input: { readonly Key: object } }) => {
      await sleep(1);
      const key = keysText(input.Key);
      if (random.percent(5, 'item', key)) {
        history.count('replay: item unreadable');
        throw Object.assign(new Error('It cannot be read.'), { name: 'InternalServerError' });
      }
      const last = changes.filter(({ record }) => keysText(record.dynamodb?.Keys as object) === key).at(-1);
      if (last?.eventName === 'REMOVE') return {};
      return { Item: last?.record.dynamodb?.NewImage ?? input.Key };
    },
  };
}

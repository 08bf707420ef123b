import type { DynamoDBRecord } from 'aws-lambda';
import { type Random, seededRandom, wholeNumber } from '../../bench/data/random.ts';
import { slotOf } from '../../src/delivery/slot-of.ts';
import type { Setup } from './setup.ts';

const STREAM_ARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000';

/** Of one record: small, so that 1,000 of them fit into a page. */
const RECORD_BYTES = 500;

const ITEMS = 1_000_000;

/** The changes of one shard, made when they are read. */
export class Changes {
  /** When each change was written, in milliseconds from the beginning. */
  readonly writtenAt: number[] = [];
  readonly #setup: Setup;
  readonly #shard: number;
  readonly #most: number;
  readonly #startedAt: number;
  readonly #random: Random;
  #nextAt: number;
  #candidate = 0;

  /** @param most how many changes there will be */
  constructor(setup: Setup, shard: number, most: number, startedAt: number) {
    this.#setup = setup;
    this.#shard = shard;
    this.#most = most;
    this.#startedAt = startedAt;
    this.#random = seededRandom(20_260_101 + shard);
    this.#nextAt = this.#gap();
  }

  get ended(): boolean {
    return this.writtenAt.length >= this.#most;
  }

  /** A page: the unread changes written up to now, at most `limit`. */
  read(now: number, limit: number): DynamoDBRecord[] {
    const page: DynamoDBRecord[] = [];
    while (page.length < limit && !this.ended && this.#nextAt <= now) {
      page.push(this.#record(this.writtenAt.length));
      this.writtenAt.push(this.#nextAt);
      this.#nextAt += this.#gap();
    }
    return page;
  }

  /** The time to the next change: a Poisson process. */
  #gap(): number {
    const { rate } = this.#setup;
    return rate === 'backlog' ? 0 : (-Math.log(1 - this.#random()) * 1000) / rate;
  }

  #record(index: number): DynamoDBRecord {
    const Keys = this.#keys(index);
    const createdAt = this.#startedAt + this.#nextAt;
    return {
      eventID: `${this.#shard}-${index}`,
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: STREAM_ARN,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(createdAt / 1000),
        Keys,
        NewImage: { ...Keys, total: { N: '1' } },
        SequenceNumber: String(1e9 * (this.#shard + 1) + index),
        SizeBytes: RECORD_BYTES,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
  }

  #keys(index: number): { pk: { S: string }; sk: { S: string } } {
    const { spread, parallelizationFactor } = this.#setup;
    switch (spread.kind) {
      case 'random':
        return keysOf(wholeNumber(this.#random, 0, ITEMS - 1), 0);
      case 'hot':
        // In turns, so that each batch has its share.
        return index % 100 < spread.share * 100 ? keysOf(-1, 0) : keysOf(index, 0);
      case 'partitions':
        return keysOf(index % spread.count, index);
      case 'even':
        for (;;) {
          const Keys = keysOf(this.#candidate++, 0);
          if (slotOf({ dynamodb: { Keys } }, parallelizationFactor) === index % parallelizationFactor)
            return Keys;
        }
    }
  }
}

function keysOf(partition: number, sort: number): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: `P-${partition}` }, sk: { S: `S-${sort}` } };
}

/** The index of a change in its shard. */
export function indexOf(sequenceNumber: string | undefined): number {
  return Number(sequenceNumber) % 1e9;
}

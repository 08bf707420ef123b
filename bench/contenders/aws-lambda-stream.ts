import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

interface UnitOfWork {
  readonly record: {
    readonly dynamodb: {
      readonly SequenceNumber: string;
      readonly Keys: { readonly invoiceId: { readonly S: string } };
    };
  };
  readonly event: { readonly raw: { readonly new?: BenchItem; readonly old?: BenchItem } };
}

/** The part of a Highland stream that is used here. */
interface Stream<T> {
  map<R>(step: (value: T) => R): Stream<R>;
  parallel(most: number): Stream<unknown>;
  through(end: unknown): Promise<unknown>;
}

interface Parts {
  unitsOf(event: DynamoDBStreamEvent): Stream<UnitOfWork>;
  readonly toPromise: unknown;
  streamOf(promise: Promise<void>): unknown;
}

// What its sinks take when nothing is configured.
const PARALLEL = 8;

/** aws-lambda-stream: `fromDynamodb` unmarshalls both images of every record, then comes the handler. */
export const awsLambdaStream: Contender = {
  name: 'aws-lambda-stream',
  handler: async (work) => {
    const { unitsOf, toPromise, streamOf } = await load();
    const read = itemReader(work);
    const handle = ({ record, event }: UnitOfWork) =>
      read({
        keys: { invoiceId: record.dynamodb.Keys.invoiceId.S },
        newImage: event.raw.new,
        oldImage: event.raw.old,
      });
    const handleAsync = async (unit: UnitOfWork) => handle(unit);
    return work.async
      ? (event) => unitsOf(event).map(handleAsync).map(streamOf).parallel(PARALLEL).through(toPromise)
      : (event) => unitsOf(event).map(handle).through(toPromise);
  },
  each: async (task, concurrency) => {
    const { unitsOf, toPromise, streamOf } = await load();
    return (event) =>
      unitsOf(event)
        .map(({ record }) => task(sequenceNumberOf(record)))
        .map(streamOf)
        .parallel(concurrency)
        .through(toPromise);
  },
};

async function load(): Promise<Parts> {
  // Parts of it, because its index imports a dozen AWS clients.
  // @ts-expect-error it has no types
  const { fromDynamodb } = await import('aws-lambda-stream/from/dynamodb');
  // @ts-expect-error it has no types
  const { toPromise } = await import('aws-lambda-stream/utils/handler');
  // @ts-expect-error it has no types
  const { default: highland } = await import('highland');
  const options = { pkFn: 'customerId', skFn: 'invoiceId', eventTypePrefix: 'invoice' };
  return {
    unitsOf: (event) => fromDynamodb(event, options),
    toPromise,
    streamOf: highland,
  };
}

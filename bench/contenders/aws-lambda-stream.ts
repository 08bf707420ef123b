import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';

interface UnitOfWork {
  readonly record: { readonly dynamodb: { readonly Keys: { readonly invoiceId: { readonly S: string } } } };
  readonly event: { readonly raw: { readonly new?: BenchItem; readonly old?: BenchItem } };
}

interface HighlandStream {
  map(step: (unitOfWork: UnitOfWork) => unknown): HighlandStream;
  flatMap(step: (value: unknown) => unknown): HighlandStream;
  through(end: unknown): Promise<unknown>;
}

type Highland = (promise: unknown) => HighlandStream;

/** aws-lambda-stream: `fromDynamodb` unmarshalls both images of every record, then comes the handler. */
export const awsLambdaStream: Contender = {
  name: 'aws-lambda-stream',
  handler: async (work) => {
    // Its index imports a dozen AWS clients that play no part here.
    const { fromDynamodb } = await load('aws-lambda-stream/from/dynamodb');
    const { toPromise } = await load('aws-lambda-stream/utils/handler');
    const highland = (await load('highland')).default as Highland;
    const read = itemReader(work);
    const handle = ({ record, event }: UnitOfWork) =>
      read({
        keys: { invoiceId: record.dynamodb.Keys.invoiceId.S },
        newImage: event.raw.new,
        oldImage: event.raw.old,
      });
    const options = { pkFn: 'customerId', skFn: 'invoiceId', eventTypePrefix: 'invoice' };
    return (event) => {
      const units: HighlandStream = fromDynamodb(event, options);
      return work.async
        ? units
            .map(async (unit) => handle(unit))
            .flatMap(highland)
            .through(toPromise)
        : units.map(handle).through(toPromise);
    };
  },
};

// biome-ignore lint/suspicious/noExplicitAny: these packages have no types
async function load(name: string): Promise<any> {
  return import(name);
}

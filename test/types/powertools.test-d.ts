import {
  type BasePartialBatchProcessor,
  type BatchProcessor,
  processPartialResponse,
} from '@aws-lambda-powertools/batch';
import { parser } from '@aws-lambda-powertools/batch/parser';
import type { FailureResponse, SuccessResponse } from '@aws-lambda-powertools/batch/types';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import { expectTypeOf, test } from 'vitest';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';

test('it takes the place of a BatchProcessor in processPartialResponse', () => {
  const processor = new OrderedStreamProcessor();
  const recordHandler = async (_record: DynamoDBRecord, _context: Context): Promise<void> => {};

  const handler: DynamoDBStreamHandler = (event, context) =>
    processPartialResponse(event, recordHandler, processor, { context, throwOnFullBatchFailure: true });

  expectTypeOf(handler).toBeFunction();
  expectTypeOf(processor).toExtend<BasePartialBatchProcessor>();
});

test('subclasses override the hooks with the types of Powertools', () => {
  class Watched extends OrderedStreamProcessor {
    override successHandler(record: DynamoDBRecord, result: unknown): SuccessResponse {
      return super.successHandler(record, result);
    }
    override failureHandler(record: DynamoDBRecord, error: Error): FailureResponse {
      return super.failureHandler(record, error);
    }
  }
  expectTypeOf(new Watched().errors).toEqualTypeOf<Error[]>();
});

test('overrides may be asynchronous: where Powertools declares no promise, it is returned as never', () => {
  class Saving extends OrderedStreamProcessor {
    override async prepare(): Promise<void> {
      super.prepare();
    }
    override successHandler(record: DynamoDBRecord, result: unknown): SuccessResponse {
      return Promise.resolve(super.successHandler(record, result)) as never;
    }
    override failureHandler(record: DynamoDBRecord, _error: Error): FailureResponse {
      return Promise.resolve(['success', undefined, record]) as never;
    }
    override async clean(): Promise<void> {
      super.clean();
    }
  }
  const processor: BatchProcessor = new Saving();
  expectTypeOf(processor.errors).toEqualTypeOf<Error[]>();
});

test('options are named, and a Powertools Logger fits', () => {
  new OrderedStreamProcessor({ order: 'shard', concurrency: 5, reserveMs: 500, logger: new Logger() });
  new OrderedStreamProcessor({ order: 'partition', partitionKey: 'customerId' });
  // @ts-expect-error no such order
  new OrderedStreamProcessor({ order: 'table' });
  new OrderedStreamProcessor({ parser, innerSchema: {}, transformer: 'unmarshall' });
  // @ts-expect-error no such transformer
  new OrderedStreamProcessor({ parser, innerSchema: {}, transformer: 'xml' });
  // @ts-expect-error it is for DynamoDB streams only
  new OrderedStreamProcessor('DynamoDBStreams');
});

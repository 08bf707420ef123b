import { expect, test } from 'vitest';
import {
  type DiscardedRecords,
  onFailureDocument,
  withPayload,
} from '../../src/delivery/on-failure-document.ts';

const streamArn = 'arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388';
const functionArn = 'arn:aws:lambda:us-east-2:123456789012:function:myfunction';

function recordOf(SequenceNumber: string, createdAt?: string) {
  const seconds = createdAt === undefined ? undefined : Date.parse(createdAt) / 1000;
  return {
    dynamodb: { SequenceNumber, ...(seconds !== undefined && { ApproximateCreationDateTime: seconds }) },
  };
}

const discarded: DiscardedRecords = {
  streamArn,
  shardId: 'shardId-00000001573689847184-864758bb',
  records: [
    recordOf('800000000003126276362', '2019-11-14T00:13:19Z'),
    recordOf('800000000003126276363', '2019-11-14T00:13:20Z'),
  ],
  requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
  functionArn,
  condition: 'RetryAttemptsExhausted',
  approximateInvokeCount: 2,
  threw: true,
  discardedAt: Date.parse('2019-11-14T00:13:49.717Z'),
};

test("it is AWS's document, key for key", () => {
  expect(JSON.stringify(onFailureDocument(discarded))).toBe(
    JSON.stringify({
      requestContext: {
        requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
        functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2019-11-14T00:13:49.717Z',
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000001573689847184-864758bb',
        startSequenceNumber: '800000000003126276362',
        endSequenceNumber: '800000000003126276363',
        approximateArrivalOfFirstRecord: '2019-11-14T00:13:19Z',
        approximateArrivalOfLastRecord: '2019-11-14T00:13:20Z',
        batchSize: 2,
        streamArn,
      },
    }),
  );
});

test('functionError is null after a response', () => {
  expect(onFailureDocument({ ...discarded, threw: false }).responseContext).toEqual({
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: null,
  });
});

test('RecordAgeExceeded has no responseContext and a count of at least 1', () => {
  const document = onFailureDocument({
    ...discarded,
    condition: 'RecordAgeExceeded',
    approximateInvokeCount: 0,
  });
  expect(document).not.toHaveProperty('responseContext');
  expect(document.requestContext).toMatchObject({
    condition: 'RecordAgeExceeded',
    approximateInvokeCount: 1,
  });
});

test('what a record does not say is empty', () => {
  expect(onFailureDocument({ ...discarded, records: [{}] }).DDBStreamBatchInfo).toMatchObject({
    startSequenceNumber: '',
    endSequenceNumber: '',
    approximateArrivalOfFirstRecord: '',
    approximateArrivalOfLastRecord: '',
    batchSize: 1,
  });
});

test('for a bucket the event is added, as a string', () => {
  const document = onFailureDocument(discarded);
  expect(document).not.toHaveProperty('payload');
  const { payload = '', ...rest } = withPayload(document, discarded.records);
  expect(rest).toEqual(document);
  expect(JSON.parse(payload)).toEqual({ Records: discarded.records });
});

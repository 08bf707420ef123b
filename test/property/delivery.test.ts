import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeliverOptions, deliver, type OnFailureDocument, testStream } from '../../src/testing/index.ts';

/** The behaviour of a handler with a record, the same at each attempt. */
type Fate =
  | 'succeeds'
  /** Throws as many times as the record's number says, then succeeds. */
  | 'recovers'
  | 'throws'
  | 'reports'
  | 'reports nonsense';

interface Plan {
  readonly records: readonly { readonly item: number; readonly fate: Fate; readonly waitSeconds: number }[];
  readonly options: DeliverOptions;
}

const FATES: readonly Fate[] = ['succeeds', 'recovers', 'throws', 'reports', 'reports nonsense'];

const plans: fc.Arbitrary<Plan> = fc.record({
  records: fc.array(
    fc.record({
      item: fc.nat(5),
      fate: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Fate>('succeeds') },
        { weight: 2, arbitrary: fc.constantFrom(...FATES) },
      ),
      waitSeconds: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(60)),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  options: fc.record({
    batchSize: fc.integer({ min: 1, max: 50 }),
    maximumBatchingWindowInSeconds: fc.constantFrom(0, 0, 20),
    parallelizationFactor: fc.constantFrom(1, 1, 2, 10),
    maximumRetryAttempts: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(-1)),
    maximumRecordAgeInSeconds: fc.constantFrom(-1, -1, 60, 600),
    bisectBatchOnFunctionError: fc.boolean(),
    functionResponseTypes: fc.constantFrom<DeliverOptions['functionResponseTypes'] & {}>(
      [],
      ['ReportBatchItemFailures'],
    ),
    destinationConfig: fc.constant({ onFailure: { destination: 'arn:aws:s3:::discarded-records' } }),
  }),
});

interface Invoked {
  readonly sequenceNumbers: readonly string[];
  readonly requestId: string;
}

/** Plays a plan: the handler succeeds with the records in front, up to the first that has another fate. */
async function play({ records, options }: Plan) {
  const stream = testStream<{ item: string; n: number }>({ keys: ['item'] });
  const fates = new Map<string, { fate: Fate; left: number }>();
  const written = records.map(({ item, fate, waitSeconds }, index) => {
    stream.advance(waitSeconds * 1000);
    const record = stream.insert({ item: `item-${item}`, n: index });
    fates.set(record.dynamodb.SequenceNumber, { fate, left: 1 + (index % 3) });
    return record;
  });
  const invoked: Invoked[] = [];
  const handler = (event: DynamoDBStreamEvent, context: { awsRequestId: string }) => {
    const sequenceNumbers = sequenceNumbersOf(event.Records);
    invoked.push({ sequenceNumbers, requestId: context.awsRequestId });
    for (const sequenceNumber of sequenceNumbers) {
      const entry = fates.get(sequenceNumber) ?? { fate: 'throws', left: 0 };
      if (entry.fate === 'reports') return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      if (entry.fate === 'reports nonsense') return { batchItemFailures: [{ itemIdentifier: '' }] };
      if (entry.fate === 'throws' || (entry.fate === 'recovers' && entry.left-- > 0)) throw new Error('boom');
    }
    return { batchItemFailures: [] };
  };
  return { written, invoked, delivery: await deliver(handler, written, options) };
}

function sequenceNumbersOf(records: readonly DynamoDBRecord[]): string[] {
  return records.map(({ dynamodb }) => dynamodb?.SequenceNumber as string);
}

/** The records that a document is about: a bucket gets the event. */
function discardedOf({ payload }: OnFailureDocument): string[] {
  return sequenceNumbersOf((JSON.parse(payload as string) as DynamoDBStreamEvent).Records);
}

test('1,000 runs: every record ends succeeded or in exactly one document, in order, within its retries', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { written, invoked, delivery } = await play(plan);
      const { parallelizationFactor: lanes = 1, maximumRetryAttempts = -1, batchSize = 100 } = plan.options;
      const { invocations, succeeded, onFailure, checkpoint } = delivery;
      const all = sequenceNumbersOf(written);

      // Succeeded or discarded, once.
      const discarded = onFailure.flatMap(discardedOf);
      expect([...succeeded, ...discarded].toSorted()).toEqual(all.toSorted());
      for (const document of onFailure) {
        const { startSequenceNumber, endSequenceNumber, batchSize: size } = document.DDBStreamBatchInfo;
        const inDocument = discardedOf(document);
        expect([inDocument[0], inDocument.at(-1), inDocument.length]).toEqual([
          startSequenceNumber,
          endSequenceNumber,
          size,
        ]);
      }
      expect(checkpoint).toBe(all.at(-1));

      // What deliver says of the invocations is what the handler saw.
      expect(invocations.map(({ sequenceNumbers, requestId }) => ({ sequenceNumbers, requestId }))).toEqual(
        invoked,
      );

      // In order: within an item, records succeed in the order written, and one lane never goes back.
      for (const item of new Set(plan.records.map((record) => record.item))) {
        const ofItem = all.filter((_, index) => plan.records[index]?.item === item);
        const order = succeeded.filter((sequenceNumber) => ofItem.includes(sequenceNumber));
        expect(order).toEqual(ofItem.filter((sequenceNumber) => order.includes(sequenceNumber)));
      }
      if (lanes === 1) {
        const starts = invocations.map(({ sequenceNumbers }) => all.indexOf(sequenceNumbers[0] as string));
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }

      // Attempts: numbered from 1 within a request id, of the same records or the rest of them, at most 1 + N.
      for (const attempts of Map.groupBy(invocations, ({ requestId }) => requestId).values()) {
        expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
        if (maximumRetryAttempts >= 0) expect(attempts.length).toBeLessThanOrEqual(1 + maximumRetryAttempts);
        expect(attempts.slice(0, -1).every(({ outcome }) => outcome === 'failed')).toBe(true);
        for (const [index, { sequenceNumbers }] of attempts.entries()) {
          const before = attempts[index - 1]?.sequenceNumbers ?? sequenceNumbers;
          expect(sequenceNumbers).toEqual(before.slice(before.length - sequenceNumbers.length));
        }
      }
      for (const { requestContext, responseContext } of onFailure) {
        const count = invocations.filter(({ requestId }) => requestId === requestContext.requestId).length;
        if (requestContext.condition === 'RetryAttemptsExhausted') {
          expect(count).toBe(1 + maximumRetryAttempts);
          expect(responseContext).toBeDefined();
        } else {
          expect(responseContext).toBeUndefined();
        }
      }
      expect(
        Math.max(0, ...invocations.map(({ sequenceNumbers }) => sequenceNumbers.length)),
      ).toBeLessThanOrEqual(batchSize);
    }),
    { numRuns: 1000 },
  );
}, 120_000);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import {
  type LocalEventSourceMapping,
  type LocalMappingOptions,
  type MappingEvents,
  startEventSourceMapping,
} from '../../src/local/index.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { eventually } from '../fixtures/eventually.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

let emulators: Emulators;
let table: EmulatedTable;
let mapping: LocalEventSourceMapping | undefined;
let logger: ReturnType<typeof quietLogger>;
let log: string[];

beforeAll(async () => {
  emulators = await emulatedServers();
});

afterAll(() => emulators.stop());

beforeEach(async () => {
  table = await emulatedTable(emulators);
  logger = quietLogger();
  log = [];
});

afterEach(() => mapping?.stop());

const numbersOf = ({ Records }: { Records: DynamoDBStreamEvent['Records'] }) =>
  Records.map(({ dynamodb }) => Number(dynamodb?.Keys?.sk?.S));
const sequenceNumberOf = (event: DynamoDBStreamEvent, index: number) =>
  `${event.Records[index]?.dynamodb?.SequenceNumber}`;

type TestHandler = (event: DynamoDBStreamEvent, context: Context) => unknown;

/** Starts a mapping whose events go to the log. */
async function start(handler: TestHandler, options: Partial<LocalMappingOptions> = {}) {
  mapping = await startEventSourceMapping({
    ...emulators.streams,
    streamArn: table.streamArn,
    startingPosition: 'TRIM_HORIZON',
    pollIntervalMs: 5,
    timeoutSeconds: 30,
    retryDelayMs: () => 1,
    logger,
    handler,
    ...options,
  });
  const note = <Name extends keyof MappingEvents>(
    name: Name,
    text: (event: MappingEvents[Name][0]) => string,
  ) => mapping?.on(name, (event) => log.push(`${name} ${text(event)}`));
  note(
    'invocation',
    ({ records, outcome, attempt }) => `${numbersOf({ Records: [...records] })} ${attempt} ${outcome}`,
  );
  note('retry', ({ attempt, reason }) => `${attempt} ${reason}`);
  note('split', ({ left, right }) => `${left.length}+${right.length}`);
  note('discard', ({ records, document }) => `${records.length} ${document.requestContext.condition}`);
  note('checkpoint', ({ sequenceNumber, outcome }) => `${Number(sequenceNumber)} ${outcome}`);
  note('filtered', ({ records }) => `${numbersOf({ Records: [...records] })}`);
  return mapping;
}

describe('delivery', () => {
  test('retries with the same request id, bisects, and gives up into the log', async () => {
    await table.fill(4);
    const ids: string[] = [];
    await start(
      (event, { awsRequestId }) => {
        ids.push(awsRequestId);
        if (numbersOf(event).includes(2)) throw new Error('poison');
      },
      { bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 },
    );
    await mapping?.caughtUp();
    expect(log).toEqual([
      'invocation 0,1,2,3 1 failed',
      'split 2+2',
      'invocation 0,1 1 succeeded',
      'checkpoint 2 succeeded',
      'invocation 2,3 1 failed',
      'split 1+1',
      'invocation 2 1 failed',
      'retry 2 failed',
      'invocation 2 2 failed',
      'discard 1 RetryAttemptsExhausted',
      'checkpoint 3 discarded',
      'invocation 3 1 succeeded',
      'checkpoint 4 succeeded',
    ]);
    expect(ids[3]).toBe(ids[4]);
    expect(new Set(ids).size).toBe(5);
    expect(mapping?.statistics).toEqual({
      recordsRead: 4,
      recordsFiltered: 0,
      recordsSucceeded: 3,
      recordsDiscarded: 1,
      invocations: 6,
      failedInvocations: 4,
      partialInvocations: 0,
      throttledInvocations: 0,
      retries: 1,
      splits: 2,
      lagMs: expect.any(Number),
    });
  });

  test('continues at the checkpoint of a partial response', async () => {
    await table.fill(3);
    let failed = false;
    await start(
      (event) => {
        if (failed) return {};
        failed = true;
        return { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(event, 1) }] };
      },
      { functionResponseTypes: ['ReportBatchItemFailures'] },
    );
    await mapping?.caughtUp();
    expect(log).toEqual([
      'invocation 0,1,2 1 partial',
      'checkpoint 1 succeeded',
      'invocation 1,2 1 succeeded',
      'checkpoint 3 succeeded',
    ]);
    expect(mapping?.statistics.partialInvocations).toBe(1);
    expect(mapping?.lastProcessingResult).toBe('OK');
  });

  test('says when the last invocation failed, and before the first one', async () => {
    await start(() => Promise.reject(new Error('no')), { retryDelayMs: () => 60_000 });
    expect(mapping?.lastProcessingResult).toBe('No records processed');
    await table.fill(1);
    await eventually(() => expect(mapping?.lastProcessingResult).toBe('PROBLEM: Function call failed'));
    await eventually(() =>
      expect(logger.entries).toEqual(['error Invocation failed', 'warn Batch is tried again']),
    );
    expect(mapping?.position).toEqual({});
  });

  test('leaves out what matches no filter, and moves past it', async () => {
    await table.fill(4);
    await start(() => {}, {
      filterCriteria: { filters: [{ pattern: '{"dynamodb":{"Keys":{"sk":{"S":["0001"]}}}}' }] },
    });
    await mapping?.caughtUp();
    expect(log.toSorted()).toEqual(['checkpoint 2 succeeded', 'filtered 0,2,3', 'invocation 1 1 succeeded']);
    expect(Object.values(mapping?.position ?? {})).toEqual([{ after: '4'.padStart(21, '0') }]);
    expect(mapping?.statistics).toMatchObject({ recordsRead: 4, recordsFiltered: 3 });
  });

  test('keeps order per item in parallel slots, and a failing one blocks itself alone', async () => {
    // Items of one partition key: AWS keeps their order no better than that of any others.
    for (let index = 0; index < 40; index++) {
      await table.put({ pk: { S: 'one' }, sk: { S: `item-${index % 8}` }, n: { N: `${index}` } });
    }
    const done = new Map<string, number[]>();
    let blocked = true;
    await start(
      ({ Records }) => {
        const items = Records.map(({ dynamodb }) => `${dynamodb?.Keys?.sk?.S}`);
        if (blocked && items.includes('item-0')) throw new Error('blocked');
        for (const [index, item] of items.entries()) {
          done.set(item, [...(done.get(item) ?? []), Number(Records[index]?.dynamodb?.NewImage?.n?.N)]);
        }
      },
      { parallelizationFactor: 4, batchSize: 3 },
    );
    await eventually(() => expect([...done.values()].flat().length).toBeGreaterThan(15));
    expect(done.has('item-0')).toBe(false);
    expect(mapping?.position).toEqual({}); // the lowest of the slots: its very first record
    blocked = false;
    await mapping?.caughtUp();
    for (const numbers of done.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect([...done.values()].flat()).toHaveLength(40);
    expect(Object.values(mapping?.position ?? {})).toEqual([{ after: '40'.padStart(21, '0') }]);
  });

  test('closes tumbling windows by later records and by the clock, with the state between', async () => {
    const events: unknown[] = [];
    const closed: unknown[] = [];
    await start(
      (event) => {
        const { state, isFinalInvokeForWindow: final } = event as unknown as {
          state: { n?: number };
          isFinalInvokeForWindow: boolean;
        };
        events.push([event.Records.length, state, final]);
        return { state: { n: (state.n ?? 0) + event.Records.length } };
      },
      { tumblingWindowInSeconds: 1, closeIdleWindowAfterSeconds: 0 },
    );
    mapping?.on('windowClosed', ({ outcome, early }) => closed.push({ outcome, early }));
    await table.fill(1);
    await eventually(() => expect(closed).toHaveLength(1));
    expect(events).toEqual([
      [1, {}, false],
      [0, { n: 1 }, true],
    ]);
    expect(closed).toEqual([{ outcome: 'succeeded', early: false }]);
  });

  test.each([0, 1])(
    'closes an idle window once, %i s after its end',
    async (closeIdleWindowAfterSeconds) => {
      const windows: string[] = [];
      await start((event) => ({ state: (event as unknown as { state: object }).state }), {
        tumblingWindowInSeconds: 1,
        closeIdleWindowAfterSeconds,
      });
      mapping?.on('windowClosed', ({ window }) => windows.push(window.start));
      const until = Date.now() + 2_500;
      for (let index = 0; Date.now() < until; index++) {
        await table.fill(1, { from: index });
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await eventually(() => expect(windows.length).toBeGreaterThanOrEqual(3));
      expect(new Set(windows).size).toBe(windows.length);
    },
    20_000,
  );

  test('keeps the state of an open window over a pause', async () => {
    const states: unknown[] = [];
    await start(
      (event) => {
        const { state } = event as unknown as { state: { n?: number } };
        states.push(state);
        return { state: { n: (state.n ?? 0) + event.Records.length } };
      },
      { tumblingWindowInSeconds: 900, closeIdleWindowAfterSeconds: 900 },
    );
    await table.fill(1);
    await mapping?.caughtUp();
    await mapping?.pause();
    expect(Object.values(mapping?.position ?? {})).toMatchObject([{ window: { state: { n: 1 } } }]);
    await table.fill(1, { from: 1 });
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(states).toEqual([{}, { n: 1 }]);
  });
});

describe('pause and stop', () => {
  test('a mapping may start disabled', async () => {
    await table.fill(1);
    await start(() => {}, { enabled: false });
    expect(mapping?.state).toBe('Disabled');
    await mapping?.resume();
    expect(mapping?.state).toBe('Enabled');
    await mapping?.caughtUp();
    expect(mapping?.statistics.recordsSucceeded).toBe(1);
  });

  test('caughtUp rejects at once while the mapping is disabled', async () => {
    await start(() => {}, { enabled: false });
    await expect(mapping?.caughtUp()).rejects.toMatchObject({
      code: 'MAPPING_NOT_ENABLED',
      message: 'caughtUp: the mapping is Disabled, so it does not catch up. Call resume() first.',
    });
  });

  test('caughtUp rejects when the mapping is paused meanwhile', async () => {
    await table.fill(1);
    await start(() => Promise.reject(new Error('no')), { retryDelayMs: () => 60_000 });
    const caughtUp = mapping?.caughtUp();
    await Promise.all([
      mapping?.pause(),
      expect(caughtUp).rejects.toMatchObject({ code: 'MAPPING_NOT_ENABLED' }),
    ]);
  });

  test('caughtUp waits for a resumption that was asked for before', async () => {
    await table.fill(1);
    await start(() => {}, { enabled: false });
    void mapping?.resume();
    await mapping?.caughtUp();
    expect(mapping?.statistics.recordsSucceeded).toBe(1);
  });

  test('pauses and resumptions that are not awaited happen one after the other', async () => {
    await start(() => {});
    const states: string[] = [];
    mapping?.on('state', ({ state }) => states.push(state));
    void mapping?.pause();
    await mapping?.resume();
    expect(states).toEqual(['Disabling', 'Disabled', 'Enabling', 'Enabled']);
    void mapping?.resume();
    await mapping?.pause();
    expect(mapping?.state).toBe('Disabled');
  });

  test('a pause may come before the mapping has begun to read, and a stop too', async () => {
    await table.fill(1);
    await start(() => {}, { enabled: false });
    const resuming = mapping?.resume();
    await mapping?.pause();
    await resuming;
    expect(mapping?.state).toBe('Disabled');
    const again = mapping?.resume();
    await mapping?.stop();
    await again;
    expect(mapping?.state).toBe('Stopped');
    expect(log).toEqual([]);
  });

  test('pause waits for the running invocation, whose result counts; the count of retries starts again', async () => {
    await table.fill(2);
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await start(
      async () => {
        enter();
        await released;
      },
      { batchSize: 1 },
    );
    await entered;
    const states: string[] = [];
    mapping?.on('state', ({ state }) => states.push(state));
    const pausing = [mapping?.pause(), mapping?.pause()];
    let paused = 0;
    for (const pause of pausing) pause?.then(() => paused++);
    await eventually(() => expect(states).toEqual(['Disabling']));
    expect(paused).toBe(0); // the second one waits as well
    release();
    await Promise.all(pausing);
    expect(states).toEqual(['Disabling', 'Disabled']);
    expect(log).toEqual(['invocation 0 1 succeeded', 'checkpoint 1 succeeded']);
    await mapping?.resume();
    await mapping?.caughtUp();
    expect(log.at(-1)).toBe('checkpoint 2 succeeded');
  });

  test('stop ends the wait before a retry; stopping again changes nothing', async () => {
    await table.fill(1);
    await start(() => Promise.reject(new Error('no')), { retryDelayMs: () => 60_000 });
    await eventually(() => expect(log).toContain('retry 2 failed'));
    await Promise.all([mapping?.stop(), mapping?.stop()]);
    await mapping?.stop();
    expect(await mapping?.ended).toEqual({ reason: 'stopped' });
  });

  test.each(['pause', 'stop'] as const)(
    'a checkpoint that cannot be written at a %s ends the mapping as failed',
    async (end) => {
      await table.fill(1);
      const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const directory = mkdtempSync(join(tmpdir(), 'streamlane-mapping-'));
      await start(
        async () => {
          enter();
          await released;
        },
        { checkpointFile: join(directory, 'positions.json') },
      );
      await entered;
      const pausing = mapping?.[end]();
      rmSync(directory, { recursive: true });
      release();
      await pausing;
      // Its checkpoint could not be written.
      expect(mapping?.state).toBe('Stopped');
      expect(await mapping?.ended).toMatchObject({ reason: 'failed', error: { code: 'ENOENT' } });
    },
  );

  test('await using stops', async () => {
    let kept: LocalEventSourceMapping;
    {
      await using used = await start(() => {});
      kept = used;
    }
    expect(kept.state).toBe('Stopped');
  });

  test('a listener that throws is logged, and changes nothing; listeners can be removed', async () => {
    await table.fill(1);
    await start(() => {});
    let calls = 0;
    const counting = () => void calls++;
    mapping?.on('checkpoint', () => {
      throw new Error('listener');
    });
    mapping?.on('checkpoint', counting).off('checkpoint', counting);
    mapping?.once('invocation', counting);
    await mapping?.caughtUp();
    await table.fill(1, { from: 1 });
    await mapping?.caughtUp();
    expect(calls).toBe(1);
    expect(logger.entries.filter((entry) => entry === 'error A listener for checkpoint threw')).toHaveLength(
      2,
    );
  });
});

describe('on-failure destinations get the document', () => {
  const poison = { maximumRetryAttempts: 0 };
  const destinationConfig = (destination: string) => ({ destinationConfig: { onFailure: { destination } } });
  const document = {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    DDBStreamBatchInfo: {
      batchSize: 2,
      startSequenceNumber: '1'.padStart(21, '0'),
      endSequenceNumber: '2'.padStart(21, '0'),
    },
  };
  const fail = () => {
    throw undefined;
  };
  let queues = 0;

  async function queue(sqs: SQSClient) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `discarded-${++queues}` }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const receive = async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages.map(({ Body }) => JSON.parse(`${Body}`));
    };
    return { arn: `${Attributes?.QueueArn}`, receive };
  }

  test('an SQS queue, before the checkpoint', async () => {
    const sqs = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
    const { arn, receive } = await queue(sqs);
    await table.fill(2);
    await start(fail, { ...poison, ...destinationConfig(arn), destinationEndpoint: emulators.sqs.endpoint });
    await mapping?.caughtUp();
    expect(await receive()).toMatchObject([document]);
    expect(log.slice(1)).toEqual(['discard 2 RetryAttemptsExhausted', 'checkpoint 2 discarded']);
  });

  test('an SNS topic', async () => {
    const sqs = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
    const sns = new SNSClient(emulators.sns);
    const { arn, receive } = await queue(sqs);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'discarded' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));
    await table.fill(2);
    await start(fail, {
      ...poison,
      ...destinationConfig(`${TopicArn}`),
      destinationEndpoint: emulators.sns.endpoint,
    });
    await mapping?.caughtUp();
    const [envelope] = await receive();
    expect(JSON.parse(envelope.Message)).toMatchObject(document);
  });

  test('an S3 bucket, with the event', async () => {
    const s3 = new S3Client(emulators.s3);
    await s3.send(new CreateBucketCommand({ Bucket: 'discarded' }));
    await table.fill(2);
    await start(fail, {
      ...poison,
      ...destinationConfig('arn:aws:s3:::discarded'),
      destinationEndpoint: emulators.s3.endpoint,
    });
    await mapping?.caughtUp();
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'discarded' }));
    const key = `${Contents[0]?.Key}`;
    expect(key).toMatch(
      /^aws\/lambda\/[0-9a-f-]{36}\/shardId-[\w-]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    expect(key.split('/')[2]).toBe(mapping?.uuid);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'discarded', Key: key }));
    const written = JSON.parse(`${await Body?.transformToString()}`);
    expect(written).toMatchObject(document);
    expect(numbersOf(JSON.parse(written.payload))).toEqual([0, 1]);
  });

  test('once it is there: until then the batch waits, and stop() ends that', async () => {
    const sqs = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
    await table.fill(2);
    const arn = 'arn:aws:sqs:us-east-1:000000000000:later';
    const options = { ...poison, ...destinationConfig(arn), destinationClients: { sqs } };
    await start(fail, options);
    await eventually(() => expect(logger.entries).toContain('warn OnFailure failed; it is tried again'));
    await mapping?.stop();
    expect(mapping?.position).toEqual({});
    expect(log).toEqual(['invocation 0,1 1 failed']);
    await sqs.send(new CreateQueueCommand({ QueueName: 'later' }));
    await start(fail, options);
    await mapping?.caughtUp();
    expect(log.at(-1)).toBe('checkpoint 2 discarded');
  });
});

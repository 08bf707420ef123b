// docs/sink-errors.md, row by row.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SinkError } from '../../../src/errors.ts';
import { isPermanent, isSystemic } from '../../../src/failure/failure.ts';
import { faultOf } from '../../../src/sinks/batcher/fault.ts';
import { refused, requestFailed, targetFailed } from '../../../src/sinks/batcher/sink-errors.ts';
import { tableUnder } from '../../docs/markdown.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { FAKE_HARNESSES, type FakeHarness } from '../fake-harnesses.ts';
import { failuresOf, numberIn, sendNumber, upTo } from '../sink-harness.ts';

type Meaning = 'passes' | 'target' | 'message' | 'unproven';

interface Row {
  readonly error: string;
  readonly status: number;
  readonly here: Meaning;
}

const PAGE = 'docs/sink-errors.md';
const FAULTS = { passes: 'passing', target: 'target', message: 'message', unproven: 'unproven' } as const;

const rowsUnder = (heading: string): Row[] =>
  tableUnder(PAGE, heading).map((cells) => ({
    error: (cells[0] ?? '').replaceAll('`', ''),
    status: cells.length > 2 ? Number(cells[1]) : 200,
    here: cells.at(-1) as Meaning,
  }));

const COMMON = rowsUnder('All services');
const ENTRY_ROWS = rowsUnder('Events of a bus');

/** Heading, sink, and the command whose documentation in the SDK names errors. */
const SERVICES = [
  ['Topics', 'snsTopic, standard', 'client-sns/dist-types/commands/PublishBatchCommand.d.ts'],
  ['Queues', 'sqsQueue, standard', 'client-sqs/dist-types/commands/SendMessageBatchCommand.d.ts'],
  ['Buses', 'eventBus', 'client-eventbridge/dist-types/commands/PutEventsCommand.d.ts'],
  ['Tables', 'tableWriter', 'client-dynamodb/dist-types/commands/BatchWriteItemCommand.d.ts'],
  ['Buckets', 'bucketWriter, objects', 'client-s3/dist-types/commands/PutObjectCommand.d.ts'],
] as const;

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const harnessOf = (sinkName: string): FakeHarness => {
  const [, , make] = FAKE_HARNESSES.find(([name]) => name === sinkName) ?? [];
  if (make === undefined) throw new Error(`There is no harness of ${sinkName}.`);
  return make(fake);
};

/** Sends three messages. */
const sendAll = (harness: FakeHarness): Promise<Map<number, unknown>> => {
  const sink = harness.sink({ attempts: 2 });
  return failuresOf(upTo(3).map((number) => sendNumber(harness, sink, number)));
};

const becomesLetter = (error: unknown): boolean => isPermanent(error) && !isSystemic(error);

/** The one error of calls that all failed alike. */
const commonError = (failures: Map<number, unknown>): SinkError => {
  expect(failures.size).toBe(3);
  const errors = [...failures.values()] as SinkError[];
  expect(new Set(errors.map(({ code, retryable }) => `${code} ${retryable}`)).size).toBe(1);
  return errors[0] as SinkError;
};

describe.each(SERVICES)('%s', (heading, sinkName, command) => {
  const own = rowsUnder(heading);
  const rows = [...own, ...COMMON.filter(({ error }) => own.every((row) => row.error !== error))];

  test.each(rows)('$error for every request means: $here', async ({ error, status, here }) => {
    const harness = harnessOf(sinkName);
    fake.fault = () => ({ code: error, senderFault: status < 500, status });
    const failure = commonError(await sendAll(harness));
    expect(failure.message).toContain((failure.cause as Error).name);
    if (here === 'message') expect(failure).toMatchObject({ code: 'SINK_ENTRY_REFUSED', retryable: false });
    else expect(failure).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: here === 'passes' });
    // An error that fails every record makes no dead letter, unless AWS documents that each message is at fault.
    expect(becomesLetter(failure)).toBe(here === 'message');
  });

  test
    .runIf(sinkName !== 'bucketWriter, objects')
    .each(rows.filter(({ here }) => here === 'message' || here === 'unproven'))(
    '$error for one message fails that one alone',
    async ({ error, status }) => {
      const harness = harnessOf(sinkName);
      fake.fault = ({ entries }) =>
        entries.some(({ text }) => numberIn(text) === 1)
          ? { code: error, senderFault: true, status }
          : undefined;
      const failures = await sendAll(harness);
      expect([...failures.keys()]).toEqual([1]);
      expect(failures.get(1)).toMatchObject({ code: 'SINK_ENTRY_REFUSED', retryable: false });
      expect(becomesLetter(failures.get(1))).toBe(true);
    },
  );

  test('the table has every error that the SDK documents for the request', () => {
    const text = readFileSync(`node_modules/@aws-sdk/${command}`, 'utf8');
    const documented = [...text.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name);
    expect(documented.length).toBeGreaterThan(1);
    const named = new Set(rows.map(({ error }) => withoutSuffix(error)));
    // SNS writes another name than the SDK has for the error.
    const missing = documented
      .filter((name) => !name.endsWith('ServiceException'))
      .map((name) => withoutSuffix(name).replace(/^InvalidParameterValue$/, 'ParameterValueInvalid'))
      .filter((name) => !named.has(name) && !(heading !== 'Topics' && named.has(name)));
    expect(missing).toEqual([]);
  });
});

const withoutSuffix = (name: string): string => name.replace(/Exception$/, '');

describe('Events of a bus', () => {
  test.each(ENTRY_ROWS)('$error for every event means: $here', async ({ error, here }) => {
    fake.refuse = () => ({ code: error });
    const failure = commonError(await sendAll(harnessOf('eventBus')));
    const code = here === 'passes' || here === 'message' ? 'SINK_ENTRY_REFUSED' : 'SINK_REQUEST_FAILED';
    expect(failure).toMatchObject({ code, retryable: here === 'passes' });
    expect(becomesLetter(failure)).toBe(here === 'message');
  });

  test.each(ENTRY_ROWS)('$error for one event, while others are accepted', async ({ error, here }) => {
    fake.refuse = ({ text }) => (numberIn(text) === 1 ? { code: error } : undefined);
    const failures = await sendAll(harnessOf('eventBus'));
    expect([...failures.keys()]).toEqual([1]);
    expect(becomesLetter(failures.get(1))).toBe(here === 'message' || here === 'unproven');
  });

  test('the table has every code that the SDK documents', () => {
    const text = readFileSync(
      'node_modules/@aws-sdk/client-eventbridge/dist-types/models/models_0.d.ts',
      'utf8',
    );
    const [, comment = ''] = /interface PutEventsResultEntry \{([\s\S]*?)ErrorCode\?:/.exec(text) ?? [];
    const codes = [...comment.matchAll(/<code>[\s*]*(?:<a [^>]*>)?(\w+)/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(8);
    expect(ENTRY_ROWS.map(({ error }) => error)).toEqual(expect.arrayContaining(codes));
  });
});

describe.each(['snsTopic, standard', 'sqsQueue, standard'])('single messages of %s', (sinkName) => {
  const rows = rowsUnder(sinkName.startsWith('sns') ? 'Topics' : 'Queues');

  test.each(rows)('$error for every message means: $here', async ({ error, status, here }) => {
    fake.refuse = () => ({ code: error, senderFault: status < 500 });
    const failure = commonError(await sendAll(harnessOf(sinkName)));
    expect(becomesLetter(failure)).toBe(here === 'message');
    expect(failure.retryable).toBe(here === 'passes');
  });
});

test('every row says what its code means, whatever the status', () => {
  const rows = [...SERVICES.flatMap(([heading]) => rowsUnder(heading)), ...ENTRY_ROWS];
  for (const { error, here } of rows) {
    const fault = faultOf(error);
    // Of some the status alone tells.
    if (fault !== 'unproven') expect([error, fault]).toEqual([error, FAULTS[here]]);
  }
});

test.each([
  ['refused', (code: string) => refused('t', { code, fault: 'message' }, 1)],
  ['requestFailed', (code: string) => requestFailed('t', { code, fault: 'passing' }, 1)],
  ['targetFailed', (code: string) => targetFailed('t', { code, fault: 'target' })],
])('%s shows the beginning of a code that would fill the log', (_, make) => {
  const { message } = make('c'.repeat(1_000_000));
  expect(message).toContain(`${'c'.repeat(300)}...`);
  expect(message.length).toBeLessThan(600);
});

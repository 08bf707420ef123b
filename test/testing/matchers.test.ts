import '../../src/testing/vitest.ts';
import { describe, expect, test } from 'vitest';
import { readBatchResponse } from '../../src/delivery/batch-response.ts';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { type DeliverOptions, deliver, streamMatchers, testStream } from '../../src/testing/index.ts';

const reporting = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

const messageOf = (assertion: () => void): string => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

describe('toSucceed', () => {
  test.each([[reporting()], [{}], [{ batchItemFailures: null }], [null], [undefined], [''], [[]]])(
    '%j succeeds',
    (response) => {
      expect(response).toSucceed();
      expect(messageOf(() => expect(response).not.toSucceed())).toBe(
        'Expected the response to report a failure, but it reports none: the whole batch counts as processed.',
      );
    },
  );

  test.each([
    [reporting('12'), 'it reports 12: Lambda delivers again from there.'],
    [reporting('12', '9'), 'it reports 9: Lambda delivers again from there.'],
    ['OK', 'it is malformed, because it is not an object: Lambda takes the whole batch as failed.'],
    [[1], 'it is malformed, because it is not an object: Lambda takes the whole batch as failed.'],
    [
      { batchItemFailures: 1 },
      'it is malformed, because its batchItemFailures is not an array: Lambda takes the whole batch as failed.',
    ],
    [
      reporting('12', ''),
      'it is malformed, because batchItemFailures[1].itemIdentifier is not a sequence number: ' +
        'Lambda takes the whole batch as failed.',
    ],
    [
      { batchItemFailures: [null] },
      'it is malformed, because batchItemFailures[0].itemIdentifier is not a sequence number: ' +
        'Lambda takes the whole batch as failed.',
    ],
  ])('%j does not', (response, reason) => {
    expect(response).not.toSucceed();
    expect(messageOf(() => expect(response).toSucceed())).toBe(
      `Expected the response to report no failure, but ${reason}`,
    );
  });
});

describe('toReportCheckpoint', () => {
  test.each([
    [reporting('12'), '12'],
    [reporting('12'), '0012'],
    [reporting('100', '99', '101'), '99'],
  ])('%j reports %s', (response, sequenceNumber) => {
    expect(response).toReportCheckpoint(sequenceNumber);
    expect(messageOf(() => expect(response).not.toReportCheckpoint(sequenceNumber))).toBe(
      `Expected the response not to report the checkpoint ${sequenceNumber}, but it does.`,
    );
  });

  test.each([
    [reporting('13'), 'it reports 13: Lambda delivers again from there.'],
    [reporting(), 'it reports no failure: the whole batch counts as processed.'],
    ['OK', 'it is malformed, because it is not an object: Lambda takes the whole batch as failed.'],
  ])('%j does not report 12', (response, reason) => {
    expect(response).not.toReportCheckpoint('12');
    expect(messageOf(() => expect(response).toReportCheckpoint('12'))).toBe(
      `Expected the response to report the checkpoint 12, but ${reason}`,
    );
  });

  test.each([[undefined], [''], ['abc'], [12]])('%j is not a sequence number', (expected) => {
    expect(() => expect(reporting('12')).toReportCheckpoint(expected as string)).toThrow(
      'expected a sequence number, as in record.dynamodb.SequenceNumber',
    );
  });
});

test.each([
  null,
  '',
  [],
  {},
  'OK',
  1,
  [1],
  { batchItemFailures: 'x' },
  reporting(),
  reporting('1'),
  reporting('0'),
])('%j succeeds for the matcher exactly if it does for the mapping', (response) => {
  const { type } = readBatchResponse(response, [{ dynamodb: { SequenceNumber: '1' } }]);
  expect(streamMatchers.toSucceed(response).pass).toBe(type === 'succeeded');
});

test('a promise is a forgotten await, also under not', () => {
  expect(() => expect(Promise.resolve(reporting())).toSucceed()).toThrow('Await the handler');
  expect(() => expect(Promise.resolve(reporting())).not.toSucceed()).toThrow('Await the handler');
});

test('resolves waits for it', async () => {
  await expect(Promise.resolve(reporting('12'))).resolves.toReportCheckpoint('12');
});

test('they can be registered by hand', () => {
  expect.extend(streamMatchers);
  expect(reporting()).toSucceed();
});

describe('a failed expectation says why', () => {
  interface Item {
    id: string;
  }

  const stream = testStream<Item>({ keys: ['id'] });
  const a = stream.insert({ id: 'a' });
  const b = stream.insert({ id: 'b' });
  const REPORT: DeliverOptions = {
    functionResponseTypes: ['ReportBatchItemFailures'],
    maximumRetryAttempts: 1,
    bisectBatchOnFunctionError: true,
  };
  const PLACE = String.raw`\n {6}at test/testing/matchers\.test\.ts:\d+:\d+`;

  /** A router in which this record fails so many times, for ever unless given. */
  const failing = (id: string, error: () => unknown, times = Number.POSITIVE_INFINITY) => {
    let left = times;
    return streamRouter<Item>({ logger: false }).onInsert(({ newImage }) => {
      if (newImage.id === id && left-- > 0) throw error();
    });
  };
  const no = () => new Error('no');

  test('of a response', async () => {
    const response = await failing('a', no)(stream.event([a]));
    const sequenceNumber = a.dynamodb.SequenceNumber;
    const why = `Why it failed:\n {2}INSERT of TestTable: Error: no${PLACE}`;
    expect(messageOf(() => expect(response).toSucceed())).toMatch(
      new RegExp(`it reports ${sequenceNumber}: Lambda delivers again from there\\.\n\n${why}$`),
    );
    expect(messageOf(() => expect(response).toReportCheckpoint('1'))).toMatch(new RegExp(`${why}$`));
  });

  test('of a delivery that discards', async () => {
    const delivery = await deliver(failing('b', no), [a, b], REPORT);
    expect(delivery).not.toSucceed();
    expect(messageOf(() => expect(delivery).toSucceed())).toMatch(
      new RegExp(
        '^Expected the delivery to succeed, but 1 record was discarded\\.\n\n' +
          `Records that failed:\n {2}id="b", 3 times: Error: no${PLACE}$`,
      ),
    );
  });

  test('of a delivery to a handler that throws', async () => {
    const delivery = await deliver(() => Promise.reject(no()), [a, b], REPORT);
    expect(messageOf(() => expect(delivery).toSucceed())).toMatch(
      new RegExp(
        '^Expected the delivery to succeed, but 2 records were discarded\\.\n\n' +
          `The function threw:\n {2}5 times: Error: no${PLACE}$`,
      ),
    );
  });

  test('of a delivery to a handler that throws what cannot be read', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = (): never => {
      throw proxy;
    };
    const delivery = await deliver(throwing, [stream.insert({ id: 'a' })], { maximumRetryAttempts: 0 });
    expect(() => expect(delivery).toSucceed()).toThrow(/The function threw:\n {2}a value of type object/);
  });

  test('of a delivery to a router that throws: once, as the failure of the record', async () => {
    const router = streamRouter<Item>({ logger: false, partialResponses: false }).onInsert(() =>
      Promise.reject(no()),
    );
    const delivery = await deliver(router, [a], REPORT);
    expect(messageOf(() => expect(delivery).toSucceed())).not.toContain('The function threw');
  });

  test('of a delivery with a dead letter', async () => {
    const router = streamRouter<Item>({ logger: false })
      .use(deadLetter({ target: 'letters', send: async () => {} }))
      .onInsert(() => Promise.reject(Object.assign(no(), { retryable: false })));
    const delivery = await deliver(router, [a, b], REPORT);
    expect(messageOf(() => expect(delivery).toSucceed())).toMatch(
      new RegExp(
        '^Expected the delivery to succeed, but 2 records were dead-lettered\\.\n\n' +
          `Records that were dead-lettered:\n {2}id="a": Error: no${PLACE}\n {2}id="b": Error: no${PLACE}$`,
      ),
    );
  });

  test('of a delivery whose mapping ignores what the router reports', async () => {
    const delivery = await deliver(failing('a', no), [a], { maximumRetryAttempts: 1 });
    expect(delivery.succeeded).toHaveLength(1);
    expect(messageOf(() => expect(delivery).toSucceed())).toMatch(
      new RegExp(
        '^Expected the delivery to succeed, but 1 record was lost: the function reported the failure, and the mapping ' +
          "ignored it, as functionResponseTypes is not \\['ReportBatchItemFailures'\\]\\.\n\nRecords that failed:",
      ),
    );
  });

  test.each([
    ['no failure', 0],
    ['a failure that a retry made good', 1],
  ])('of a delivery with %s, which is a success', async (_, times) => {
    const delivery = await deliver(failing('b', no, times), [a, b], REPORT);
    expect(delivery.failures).toHaveLength(times);
    expect(delivery).toSucceed();
    expect(messageOf(() => expect(delivery).not.toSucceed())).toBe(
      'Expected the delivery not to succeed, but every record was handled.',
    );
  });

  test('of toReportCheckpoint that gets a delivery', async () => {
    const delivery = await deliver(failing('a', no, 0), [a], REPORT);
    expect(() => expect(delivery).toReportCheckpoint('1')).toThrow('got what deliver returns');
  });
});

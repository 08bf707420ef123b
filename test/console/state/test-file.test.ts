import { expect, test } from 'vitest';
import type { ShownRecord } from '../../../src/console/protocol/events.ts';
import { MASKED } from '../../../src/console/protocol/mask.ts';
import { Store } from '../../../src/console/state/store.ts';
import { type TestOrigin, testFile, testFileName } from '../../../src/console/state/test-file.ts';
import { messageOf, readEvent, shown } from './events.ts';

const ORIGIN: TestOrigin = {
  table: 'Invoices',
  streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
  importedAs: { module: './src/handler.ts', name: 'handler' },
};

function changesOf(...records: readonly ShownRecord[]) {
  const store = new Store();
  store.add(messageOf([readEvent(...records)]));
  return store.changes;
}

test('a test delivers the records of a failure to the handler, and expects success', () => {
  const failure = { message: 'RangeError: negative total', at: 'src/check.ts:4' };
  expect(testFile({ changes: changesOf(shown(1)), failure }, ORIGIN)).toBe(
    `// Made by the live console of streamlane, from the stream of Invoices.
// The handler failed: RangeError: negative total, at src/check.ts:4
// The test fails until the handler succeeds.
// The import of the handler fits if this file is in the directory where \`streamlane dev\` ran.
import { deliver } from 'streamlane/testing';
import 'streamlane/testing/vitest';
import { expect, test } from 'vitest';
import { handler } from "./src/handler.ts";

test("succeeds with a record after the failure: RangeError: negative total", async () => {
  const delivery = await deliver(
    handler,
    [
      {
        eventID: "e1",
        eventName: "INSERT",
        eventSource: "aws:dynamodb",
        dynamodb: {
          ApproximateCreationDateTime: 1,
          Keys: { id: { S: "item-1" } },
          NewImage: { id: { S: "item-1" }, status: { S: "OPEN" } },
          SequenceNumber: "1",
        },
        eventVersion: "1.1",
        awsRegion: "eu-central-1",
        eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000",
      },
    ],
    { functionResponseTypes: ["ReportBatchItemFailures"], maximumRetryAttempts: 0 },
  );
  expect(delivery).toSucceed();
});
`,
  );
});

test('the text of a failure or the name of a table cannot become code', () => {
  const failure = { message: 'no\n*/ process.exit()\u2028// \u202e', at: 'a\r\nprocess.exit()' };
  const text = testFile({ changes: changesOf(shown(1)), failure }, { ...ORIGIN, table: 'T\nprocess.exit()' });
  const lines = text.split(/[\r\n\u2028\u2029]/).filter((line) => line.includes('process.exit()'));
  expect(lines.map((line) => line.slice(0, 8))).toEqual(['// Made ', '// The h', 'test("su']);
  expect(text).not.toMatch(/\u202e/);
});

test('a long message is cut', () => {
  const failure = { message: 'x'.repeat(100_000) };
  expect(testFile({ changes: changesOf(shown(1)), failure }, ORIGIN).length).toBeLessThan(3000);
});

test('hidden values stay hidden, and the file says that they may change the result', () => {
  const hidden = changesOf(shown(1, { newImage: { id: { S: '1' }, email: { S: MASKED } } }));
  expect(testFile({ changes: hidden }, ORIGIN)).toContain(
    '// --mask has replaced values by •••. With the real values, the result may be another one.',
  );
  expect(testFile({ changes: changesOf(shown(1)) }, ORIGIN)).not.toContain('--mask');
});

test('many records are one batch, as far as Lambda allows', () => {
  const changes = changesOf(...Array.from({ length: 101 }, (_, index) => shown(index + 1)));
  const text = testFile({ changes }, ORIGIN);
  expect(text).toContain('batchSize: 101');
  expect(text).toContain('test("succeeds with 101 records"');
});

test('a handler with windows gets them', () => {
  const origin = { ...ORIGIN, tumblingWindowInSeconds: 60 };
  expect(testFile({ changes: changesOf(shown(1)) }, origin)).toContain('tumblingWindowInSeconds: 60');
});

test.each([
  ['main', 'import { main as handler } from'],
  ['default', 'import { default as handler } from'],
  ['on-change', 'import { "on-change" as handler } from'],
])('the export %s is imported', (name, expected) => {
  expect(
    testFile({ changes: changesOf(shown(1)) }, { ...ORIGIN, importedAs: { module: './h.ts', name } }),
  ).toContain(expected);
});

test.each([
  ['RangeError: negative total', 'rangeerror-negative-total.test.ts'],
  ['../../etc/passwd', 'etc-passwd.test.ts'],
  ['…', 'changes.test.ts'],
  [`${'a'.repeat(59)} b`, `${'a'.repeat(59)}.test.ts`],
])('the file for %j is %s', (message, name) => {
  expect(testFileName({ failure: { message } })).toBe(name);
});

test('a file without a failure has a name too', () => {
  expect(testFileName({})).toBe('changes.test.ts');
});

import { expect, test } from 'vitest';
import { REPLAY_OPTION_NAMES, type ReplayOptions, replaySettings } from '../../src/replay/replay-options.ts';
import { tableUnder } from '../docs/markdown.ts';

const handler = (): void => {};
const given = { documents: [], handler };

test('missing options have defaults', () => {
  expect(replaySettings(given)).toMatchObject({
    handler,
    batchSize: 100,
    filter: undefined,
    newestOnly: false,
    allowCountMismatch: false,
    partialResponses: true,
    functionName: undefined,
    timeoutMs: 60_000,
    visibilityTimeoutSeconds: 120,
  });
  const { onProgress, onProblem, signal } = replaySettings(given);
  onProgress({ records: 0, succeeded: 0, failed: 0 });
  onProblem('', undefined);
  expect(signal.aborted).toBe(false);
});

test('errors of the callbacks are ignored', () => {
  const broken = (): never => {
    throw new Error('EPIPE');
  };
  const { onProgress, onProblem } = replaySettings({ ...given, onProgress: broken, onProblem: broken });
  expect(() => onProgress({ records: 0, succeeded: 0, failed: 0 })).not.toThrow();
  expect(() => onProblem('read', new Error())).not.toThrow();
});

test('a handler may have as much time as Lambda gives the longest', () => {
  expect(replaySettings({ ...given, timeoutSeconds: 5400 }).timeoutMs).toBe(5_400_000);
});

test('a dry run needs no handler, and has none', () => {
  expect(replaySettings({ documents: [], dryRun: true }).handler).toBeUndefined();
  expect(replaySettings({ ...given, dryRun: true }).handler).toBeUndefined();
});

test.each<[Partial<Record<keyof ReplayOptions | 'documnets', unknown>>, string, string]>([
  [{ documnets: [] }, 'UNKNOWN_OPTION', 'documnets is not an option'],
  [{ handler: undefined }, 'INVALID_HANDLER', 'handler is not a function'],
  [{ handler: (_a: 1, _b: 1, _c: 1) => {} }, 'INVALID_HANDLER', 'takes 3 parameters'],
  [{ documents: undefined }, 'INVALID_OPTION', 'one of documents, queueUrl and s3Uri'],
  [{ queueUrl: 'http://127.0.0.1/q' }, 'INVALID_OPTION', 'one of documents, queueUrl and s3Uri'],
  [{ s3Uri: 's3://b' }, 'INVALID_OPTION', 'one of documents, queueUrl and s3Uri'],
  [{ documents: undefined, s3Uri: 'b/prefix' }, 'INVALID_OPTION', 's3Uri has to be a URI such as s3://'],
  [{ documents: undefined, s3Uri: 's3:///a' }, 'INVALID_OPTION', 's3Uri has to be a URI such as s3://'],
  [{ documents: undefined, s3Uri: 1 }, 'INVALID_OPTION', 's3Uri has to be a URI such as s3://'],
  [{ deleteObjects: true }, 'INVALID_OPTION', 'deleteObjects needs s3Uri'],
  [{ newestOnly: 1 }, 'INVALID_OPTION', 'newestOnly has to be true or false'],
  [{ documents: '{}' }, 'INVALID_OPTION', 'documents has to be an array'],
  [{ documents: undefined, queueUrl: 'q' }, 'INVALID_OPTION', 'queueUrl has to be a URL'],
  [{ batchSize: 0 }, 'INVALID_OPTION', 'batchSize has to be a whole number from 1 to 10000'],
  [{ batchSize: 1.5 }, 'INVALID_OPTION', 'batchSize has to be a whole number'],
  [{ timeoutSeconds: 5401 }, 'INVALID_OPTION', 'timeoutSeconds has to be a number from 0.001 to 5400'],
  [{ allowCountMismatch: 'yes' }, 'INVALID_OPTION', 'allowCountMismatch has to be true or false'],
  [{ onProgress: 1 }, 'INVALID_OPTION', 'onProgress has to be a function'],
  [{ visibilityTimeoutSeconds: 1 }, 'INVALID_OPTION', 'visibilityTimeoutSeconds has to be a number from 3'],
  [
    { filterCriteria: { filters: [{ pattern: '[]' }] } },
    'INVALID_PATTERN',
    'replay: filterCriteria.filters[0].pattern',
  ],
])('%o is refused', (options, code, message) => {
  expect(() => replaySettings({ ...given, ...options } as ReplayOptions)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('the documentation has every option and no other', () => {
  const rows = tableUnder('docs/replay.md', 'In a program');
  const documented = rows.flatMap(([names = '']) => names.replaceAll('`', '').split(', '));
  expect(documented.toSorted()).toEqual(REPLAY_OPTION_NAMES.toSorted());
});

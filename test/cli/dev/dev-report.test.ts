import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { DevReport, type StartDetails } from '../../../src/cli/dev/dev-report.ts';
import { outputMaskOf } from '../../../src/cli/dev/output-mask.ts';
import { emptyTally } from '../../../src/local/statistics.ts';
import { recordOf } from '../../fixtures/events.ts';
import { contextFor } from '../context.ts';

/** A report that gets failed invocations, and the lines that it writes. */
function reportOf(options: { readonly json?: true; readonly mask?: string } = {}) {
  const lines: string[] = [];
  const nothing = (): void => {};
  const screen = {
    line: (text: string) => void lines.push(text),
    note: nothing,
    pipe: nothing,
    status: nothing,
    done: nothing,
  };
  const report = new DevReport(
    contextFor({}).context,
    screen,
    { table: 'T', handler: 'h.ts', ...options },
    outputMaskOf(options.mask),
  );
  const mapping = Object.assign(new EventEmitter(), { statistics: emptyTally() });
  const connection = { kind: 'named', description: '', environment: {} } as const;
  report.started(mapping as never, {
    connection,
    isNew: false,
    startingPosition: 'LATEST',
    keyNames: ['id'],
    keyTypes: ['S'],
    isDestinationElsewhere: false,
    retries: { maximumRetryAttempts: -1, maximumRecordAgeInSeconds: -1, onFailureDestination: null },
  });
  const fail = (index: number): string => {
    const records = [recordOf({ keys: { id: { S: `${index}` } } } as never, index)];
    const error = new Error('no');
    mapping.emit('invocation', {
      shardId: 's',
      records,
      requestId: 'r',
      attempt: 1,
      outcome: 'failed',
      durationMs: 1,
      response: undefined,
      error,
    });
    mapping.emit('retry', {
      shardId: 's',
      records,
      requestId: 'r',
      attempt: 2,
      delayMs: 1,
      reason: 'failed',
    });
    return lines.filter((line) => line.includes('→')).at(-1) as string;
  };
  return { report, fail, lines, mapping };
}

test('counts of failures that repeat are kept for the last thousand', () => {
  const { fail } = reportOf();
  fail(0);
  expect(fail(0)).toContain('(as before, 2 times now)');
  for (let index = 1; index <= 1000; index++) fail(index);
  expect(fail(1000)).toContain('(as before, 2 times now)');
  expect(fail(0)).not.toContain('as before');
});

test.each([
  ['its keys', { id: { S: 'x' } }, '(id="x")'],
  ['its event where keys cannot be read', { id: {} }, '(event-1)'],
])('the warning of a handler that invokes itself names a record by %s', (_name, Keys, name) => {
  const { mapping, lines } = reportOf();
  mapping.emit('recursiveLoop', { records: [{ eventID: 'event-1', dynamodb: { Keys } }], times: 17 });
  expect(lines.at(-1)).toContain(name);
});

test.each([
  ['paused', { event: 'paused' }, /paused by the live console: invocations wait$/],
  ['resumed', { event: 'resumed' }, /resumed by the live console$/],
  [
    'skipped',
    { event: 'skipped', requestId: 'r' },
    /skipped by the live console: a failed batch is discarded$/,
  ],
] as const)('a command of the live console is a line: %s', (_, command, line) => {
  const { report, lines } = reportOf();
  report.commanded(command);
  expect(lines.at(-1)).toMatch(line);
});

test('with --json, a command of the live console is an event', () => {
  const lines: string[] = [];
  const nothing = (): void => {};
  const line = (text: string): void => void lines.push(text);
  const screen = { line, note: nothing, pipe: nothing, status: nothing, done: nothing };
  const report = new DevReport(contextFor({}).context, screen, { table: 'T', handler: 'h', json: true });
  report.commanded({ event: 'skipped', requestId: 'r' });
  expect(lines.map((text) => JSON.parse(text))).toMatchObject([{ event: 'skipped', requestId: 'r', id: 1 }]);
});

test('after a reload a failure is shown again', () => {
  const { report, fail, lines } = reportOf();
  fail(0);
  report.reloaded();
  expect(fail(0)).not.toContain('as before');
  expect(lines.filter((line) => line.includes('Error: no'))).toHaveLength(2);
});

/** The notes of a report that has started. */
function notesOf(
  details: Partial<StartDetails>,
  verbose = false,
  env: Record<string, string> = {},
): readonly string[] {
  const notes: string[] = [];
  const nothing = (): void => {};
  const screen = {
    line: nothing,
    note: (text: string) => void notes.push(text),
    pipe: nothing,
    status: nothing,
    done: nothing,
  };
  const { context } = contextFor({ ...details.connection?.environment, ...env });
  const report = new DevReport({ ...context, verbose }, screen, { table: 'T', handler: 'h.ts' });
  report.started(Object.assign(new EventEmitter(), { statistics: emptyTally() }) as never, {
    connection: { kind: 'named', description: '', environment: {} },
    isNew: false,
    startingPosition: 'LATEST',
    keyNames: ['id'],
    keyTypes: ['S'],
    isDestinationElsewhere: false,
    retries: { maximumRetryAttempts: -1, maximumRecordAgeInSeconds: -1, onFailureDestination: null },
    ...details,
  });
  return notes;
}

test.each([false, true])(
  'the variables of embedded servers are shown if verbose is true, here %s',
  (verbose) => {
    const environment = {
      AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1',
      AWS_PROFILE: '',
      FILES_BUCKET: 'files',
    };
    const notes = notesOf({ connection: { kind: 'embedded', description: '', environment } }, verbose);
    expect(notes.filter((note) => note.includes('AWS_'))).toEqual(
      verbose ? ['  export AWS_ENDPOINT_URL_SNS=http://127.0.0.1:1', '  unset AWS_PROFILE'] : [],
    );
    expect(notes).toContain('  FILES_BUCKET=files');
  },
);

test('a missing variable is reported once, and again after it was set for a while', () => {
  const notes: string[] = [];
  const nothing = (): void => {};
  const note = (text: string): void => void notes.push(text);
  const screen = { line: nothing, note, pipe: nothing, status: nothing, done: nothing };
  const report = new DevReport(contextFor({}).context, screen, { table: 'T', handler: 'h.ts' });
  report.unset(['STAGE', 'ORDERS_TOPIC_ARN']);
  // Another sandbox with the same code.
  report.unset(['STAGE', 'ORDERS_TOPIC_ARN']);
  const stage =
    "warning: The code uses env('STAGE'), but this variable is not set. Here: set it in .env, or start again with --env STAGE=value.";
  expect(notes).toEqual([stage, expect.stringMatching(/ or --create-topic orders\.$/)]);
  report.unset([]);
  report.unset(['STAGE']);
  expect(notes.slice(2)).toEqual([stage]);
});

test('a variable that --env overrides is named, without its value', () => {
  const connection = { kind: 'embedded', description: '', environment: { FILES_BUCKET: 'files' } } as const;
  const notes = notesOf({ connection }, false, { FILES_BUCKET: 'secret' });
  expect(notes).toContain('  FILES_BUCKET: --env has another value than files');
});

test.each([
  ['aws', / To keep them, add: --destination-config <arn>$/],
  ['embedded', / To keep them, add: --create-queue failed --destination-config failed$/],
] as const)(
  'a destination that only the template knows has one note, on servers that are %s',
  (kind, remedy) => {
    const connection = { kind, description: '', environment: {} };
    const notes = notesOf({ connection, isDestinationElsewhere: true });
    const told = notes.filter((note) =>
      note.startsWith('The on-failure destination of the mapping is a ref'),
    );
    expect(told).toEqual([expect.stringMatching(remedy)]);
  },
);

test('with a mask, lines hide the keys that it names', () => {
  const { fail, lines, mapping } = reportOf({ mask: 'id' });
  fail(7);
  expect(lines.at(-1)).toContain('INSERT id="•••"');
  mapping.emit('recursiveLoop', { records: [{ dynamodb: { Keys: { id: { S: 'x' } } } }], times: 17 });
  expect(lines.at(-1)).toContain('(id="•••")');
});

test.each([
  [undefined, { state: { email: 'a@b.c' } }],
  ['email', undefined],
])('with --json and the mask %s, the response of an invocation is %j', (mask, shown) => {
  const { mapping, lines } = reportOf({ json: true, ...(mask !== undefined && { mask }) });
  const records = [recordOf({ keys: { id: { S: '1' } } } as never, 1)];
  const response = { state: { email: 'a@b.c' } };
  mapping.emit('invocation', { shardId: 's', records, requestId: 'r', outcome: 'succeeded', response });
  expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ event: 'invocation', outcome: 'succeeded' });
  expect(JSON.parse(lines.at(-1) as string).response).toEqual(shown);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { codeOf, STREAMLANE } from '../dev/code.ts';
import { inProcess } from '../in-process.ts';
import { spawned, withoutEmulators } from '../spawned.ts';

const HANDLERS = 'test/cli/handlers.ts';
// A server that does not have to run: these handlers call none.
const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

let directory: string;
let event: string;
let modules = 0;

/** Writes a file for a test. @returns its path */
function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

beforeAll(() => {
  // Below node_modules, so that Node loads the modules and Vitest does not.
  directory = join(mkdtempSync(join(tmpdir(), 'streamlane-invoke-')), 'node_modules');
  mkdirSync(directory);
  const Records = ['101', '102', '103'].map((SequenceNumber) => ({
    eventID: `event-${SequenceNumber}`,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      Keys: { id: { S: SequenceNumber } },
      NewImage: { id: { S: SequenceNumber } },
      SequenceNumber,
    },
  }));
  event = file('event.json', JSON.stringify({ Records }));
});

afterAll(() => rmSync(join(directory, '..'), { recursive: true }));

describe('streamlane invoke', () => {
  const run = inProcess;
  test.each([
    [
      'that handles all records',
      'router',
      '{\n  "batchItemFailures": []\n}\nSuccessfully processed 3 records.\n',
      EXIT.ok,
    ],
    ['that says nothing', 'nothing', 'null\nSuccessfully processed 3 records.\n', EXIT.ok],
    [
      'that says something else',
      'text',
      '"Successfully processed 3 records."\nSuccessfully processed 3 records.\n',
      EXIT.ok,
    ],
    [
      'that handles some records',
      'partial',
      '{\n  "batchItemFailures": [\n    {\n      "itemIdentifier": "102"\n    }\n  ]\n}\n' +
        'Processed 1 of 3 records. Lambda would deliver again from event event-102, sequence number 102.\n',
      EXIT.failed,
    ],
    [
      'that names no record of the batch',
      'wrong',
      '{\n  "batchItemFailures": [\n    {\n      "itemIdentifier": "7"\n    }\n  ]\n}\n' +
        'Processed 0 of 3 records. Lambda would deliver again from event event-101, sequence number 101.\n',
      EXIT.failed,
    ],
  ])('prints the response of a handler %s', async (_name, name, stdout, code) => {
    const ended = await run(['invoke', `${HANDLERS}#${name}`, event], { env }).ended();
    expect(ended.stdout).toBe(stdout);
    expect(ended.code).toBe(code);
  });

  test.each([
    ['a router that reports its records', 'streamRouter({ logger: false }).onInsert(read)'],
    ['a router that throws', 'streamRouter({ logger: false, partialResponses: false }).onInsert(read)'],
    ['a function', 'read'],
  ])('a variable that %s misses is told with the flag that sets it, once', async (_, handler) => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        import { env, readEnv } from ${STREAMLANE.replace('index.ts', 'options/env.ts')};
        const read = () => { readEnv('snsTopic', 'topicArn', env('NOT_SET_HERE')); };
        export const handler = ${handler};`,
    });
    const { stderr, code: exit } = await run(['invoke', code.path('handler.ts'), event], { env }).ended();
    expect(stderr).toMatch(/^Here: set it in \.env, or start again with --env NOT_SET_HERE=value\.$/m);
    expect(stderr.match(/Here: /g)).toHaveLength(1);
    expect(exit).toBe(EXIT.failed);
  });

  test('records that fail on something else get no hint', async () => {
    const code = codeOf({
      'handler.ts': `import { streamRouter } from ${STREAMLANE};
        export const handler = streamRouter({ logger: false }).onInsert(() => { throw new Error('no'); });`,
    });
    const { stderr, code: exit } = await run(['invoke', code.path('handler.ts'), event], { env }).ended();
    expect(stderr).toBe('');
    expect(exit).toBe(EXIT.failed);
  });

  test('an error whose stack names no place is printed without one', async () => {
    const { stderr } = await run(['invoke', `${HANDLERS}#throwingWithoutPlace`, event], { env }).ended();
    expect(stderr).toContain('The handler failed: RangeError: out of range (--verbose prints the stack)\n');
  });

  test('a handler that throws has failed', async () => {
    const { code, stdout, stderr } = await run(['invoke', `${HANDLERS}#throwing`, event], { env }).ended();
    expect(stderr).toMatch(
      /The handler failed: RangeError: out of range \(\S+\.\w+:\d+; --verbose prints the stack\)\n/,
    );
    expect(stdout).toBe(
      'Processed 0 of 3 records. Lambda would deliver again from event event-101, sequence number 101.\n',
    );
    expect(code).toBe(EXIT.failed);
  });

  test('a handler that takes too long has failed', async () => {
    const { code, stderr } = await run(['invoke', `${HANDLERS}#slow`, event, '--timeout', '0.05'], {
      env,
    }).ended();
    expect(stderr).toContain('The handler failed: Error: Task timed out after 0.05 seconds (');
    expect(code).toBe(EXIT.failed);
  });

  test.each([
    [
      'a name of a function',
      'invoices',
      /^error: invoices is not a handler\. Name a module and its export, such as src\/handler\.ts#handler\.\n$/,
    ],
    [
      'a missing module',
      'src/nowhere.ts#handler',
      /^error: There is no file src\/nowhere\.ts\. Paths are relative to .+\.\n$/,
    ],
    [
      'a missing export',
      `${HANDLERS}#unknown`,
      /^error: test\/cli\/handlers\.ts has no export unknown\. It exports .*router.*: use test\/cli\/handlers\.ts#\w+\.\n$/,
    ],
    [
      'an export that is not a function',
      `${HANDLERS}#number`,
      /^error: the export number of .+ is not a function, .+\n$/,
    ],
  ])('%s is bad input', async (_name, handler, line) => {
    const { code, stdout, stderr } = await run(['invoke', handler, event], { env }).ended();
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  });

  test.each([
    [
      'a syntax error',
      'export const handler = () => {\n  const = 1;\n};\n',
      /\.mjs cannot be read: .+ \(.+.mjs:2\)\. Correct the syntax\.\n$/,
    ],
    [
      'an import of nothing',
      "import './not-there.mjs';\nexport const handler = () => {};\n",
      /cannot be imported: Could not resolve "\.\/not-there\.mjs" \(.+\.mjs:1\)\. Correct the import, or install what it needs\.\n$/,
    ],
    [
      'an error at its top',
      "throw new Error('no table');\n",
      /throws when it is imported: no table(?: \(.+\))?\. --verbose (?:prints the stack|shows where)\.\n$/,
    ],
    [
      'an error whose text ends in a full stop',
      "throw new Error('There is no table.');\n",
      /throws when it is imported: There is no table(?: \(.+\))?\. --verbose (?:prints the stack|shows where)\.\n$/,
    ],
    [
      'a throw of nothing',
      'throw undefined;\n',
      /throws when it is imported: undefined\. --verbose shows where\.\n$/,
    ],
    [
      'no export at all',
      'const handler = () => {};\n',
      /has no export handler\. It exports no function\.\n$/,
    ],
  ])('a module with %s is bad input', async (_name, code, line) => {
    // A name of its own: Node remembers a module that it has loaded, and one that it could not load.
    const handler = file(`module-${++modules}.mjs`, code);
    const { stderr, ...ended } = await run(['invoke', handler, event], { env }).ended();
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(line);
    expect(ended).toEqual({ code: EXIT.usage, stdout: '' });
  });

  test.each([
    [
      'that is not there',
      'nowhere.json',
      /^error: There is no file nowhere\.json\. Paths are relative to .+\.\n$/,
    ],
    ['that is a directory', 'src', /^error: src cannot be read: .+\n$/],
    ['that is not JSON', 'README.md', /^error: README\.md is not JSON: .+\n$/],
    [
      'of something else',
      'package.json',
      /^error: package\.json is not an event of a DynamoDB stream: it has no list Records\.\n$/,
    ],
  ])('a payload %s is bad input', async (_name, payload, line) => {
    const { code, stderr } = await run(['invoke', `${HANDLERS}#router`, payload], { env }).ended();
    expect(stderr).toMatch(line);
    expect(code).toBe(EXIT.usage);
  });

  test('a payload on stdin that is nothing is bad input', async () => {
    const { stderr } = await run(['invoke', `${HANDLERS}#router`, '-'], { env, input: 'null' }).ended();
    expect(stderr).toBe(
      'error: The payload on stdin is not an event of a DynamoDB stream: it has no list Records.\n',
    );
  });
});

test('logs of the handler go to stderr, so that stdout can be piped', async () => {
  const { stdout, stderr } = await spawned(['invoke', `${HANDLERS}#logging`, '-', '--json'], {
    env,
    input: '{"Records":[]}',
  }).ended();
  expect(JSON.parse(stdout)).toEqual({
    outcome: 'succeeded',
    response: 'done',
    records: 0,
    processed: 0,
    durationMs: expect.any(Number),
  });
  expect(stderr).toContain('logged 0');
});

test.each([
  [
    'exits with success',
    'process.exit(0)',
    /^error: The code ended the process before the command had finished\. .+\n$/,
  ],
  [
    'throws behind its answer',
    "setTimeout(() => { throw new Error('late'); }); return new Promise((done) => setTimeout(done, 1000))",
    /^error: Uncaught error: late .+\n$/,
  ],
])('a handler that %s has failed, in one line', async (_name, code, line) => {
  const handler = file(`ending-${++modules}.mjs`, `export const handler = () => { ${code}; };\n`);
  const { stdout, stderr, ...ended } = await spawned(['invoke', handler, event], { env }).ended();
  expect(stderr).toMatch(line);
  expect({ ...ended, stdout }).toEqual({ code: EXIT.failed, stdout: '' });
});

test('Ctrl-C ends it', async () => {
  const command = spawned(['invoke', `${HANDLERS}#waiting`, event, '--timeout', '100'], { env });
  await command.seen(/waiting/);
  command.interrupt();
  expect((await command.ended()).code).toBe(EXIT.interrupted);
});

test.each(['0', '5401', 'soon'])('a timeout of %s is bad input', async (timeout) => {
  const { code, stderr } = await inProcess(['invoke', HANDLERS, event, '--timeout', timeout]).ended();
  expect(stderr).toBe(
    `error: --timeout has to be a number of seconds, above 0 and at most 5400, got ${timeout}.\n`,
  );
  expect(code).toBe(EXIT.usage);
});

test('--verbose shows where the handler threw', async () => {
  const { stderr } = await inProcess(['invoke', `${HANDLERS}#throwing`, event, '--verbose'], { env }).ended();
  expect(stderr).toMatch(/The handler failed: RangeError: out of range\n[\s\S]*at .*handlers\.ts:\d+/);
});

test.each<[string, object, string]>([
  ['without an eventID', { dynamodb: { SequenceNumber: '102' } }, 'sequence number 102'],
  ['without a sequence number', { eventID: 'e-1' }, 'event e-1'],
  ['without either', {}, 'record 1'],
  ['with something else in their place', { eventID: { toString: 1 }, dynamodb: null }, 'record 1'],
])('a record %s is named by its remaining identifier or its place', async (_name, record, name) => {
  const input = JSON.stringify({ Records: [record] });
  const { stdout, stderr } = await inProcess(['invoke', `${HANDLERS}#wrong`, '-'], { input }).ended();
  expect(stdout).toContain(`Processed 0 of 1 records. Lambda would deliver again from ${name}.\n`);
  expect(stdout + stderr).not.toContain('undefined');
});

test.each([
  ['a bigint', 'throw 1n', '1'],
  ['undefined', 'throw undefined', 'undefined'],
  ['what cannot be made text', 'throw { toString: 1, toJSON() { throw 1; } }', 'a value of type object'],
])('a handler that throws %s has failed, and that is said', async (_name, statement, text) => {
  const code = codeOf({ 'handler.ts': `export const handler = () => { ${statement}; };` });
  const { stderr, code: exit } = await inProcess(['invoke', code.path('handler.ts'), '-'], {
    input: '{"Records":[]}',
  }).ended();
  expect(stderr).toContain(`The handler failed: ${text}\n`);
  expect(exit).toBe(EXIT.failed);
});

test('what a handler throws that is not an error is shown unchanged', async () => {
  const { stderr } = await inProcess(['invoke', `${HANDLERS}#throwingText`, event], { env }).ended();
  expect(stderr).toBe('The handler failed: "text"\n');
});

test('as JSON: a failure has no response, a partial one says how far it came', async () => {
  const failed = await inProcess(['invoke', `${HANDLERS}#throwing`, event, '--json'], { env }).ended();
  expect(JSON.parse(failed.stdout)).toMatchObject({ outcome: 'failed', records: 3, processed: 0 });
  expect(JSON.parse(failed.stdout)).not.toHaveProperty('response');
  const partial = await inProcess(['invoke', `${HANDLERS}#partial`, event, '--json'], { env }).ended();
  expect(JSON.parse(partial.stdout)).toMatchObject({ outcome: 'partial', records: 3, processed: 1 });
});

test('without an endpoint, the handler finds embedded servers in its environment', async () => {
  const { code, stdout, stderr } = await spawned(['invoke', `${HANDLERS}#tables`, event, '--json']).ended();
  expect(stderr).toMatch(/^Using embedded servers of this command: DynamoDB at http:\/\/127\.0\.0\.1:\d+/);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'succeeded', response: { tables: [] } });
  expect(code).toBe(EXIT.ok);
});

test('where they are not installed, the handler runs in the present environment', async () => {
  const { code, stderr } = await spawned(['invoke', `${HANDLERS}#router`, event], {
    nodeArgs: withoutEmulators,
  }).ended();
  expect(stderr).toBe(
    'The embedded servers are not installed: the handler runs in the environment of this shell.\n',
  );
  expect(code).toBe(EXIT.ok);
});

test.each([['a syntax error', 'handler.ts', 'export const handler = (): void => {\n  const = 1;\n};\n', 2]])(
  'TypeScript with %s is bad input, and the line says where',
  async (_name, name, code, line) => {
    // Not below node_modules, where Node strips no types.
    const path = join(directory, '..', name);
    writeFileSync(path, code);
    const { stderr, ...ended } = await spawned(['invoke', path, event], { env }).ended();
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toContain(`(${path}:${line}). Correct the syntax.`);
    expect(ended).toEqual({ code: EXIT.usage, stdout: '' });
  },
);

test('a syntax error of an imported module is reported with its place', async () => {
  file('broken.mjs', 'const = 1;');
  const handler = file('importing.mjs', "import './broken.mjs';\nexport const handler = () => {};\n");
  const { stderr } = await inProcess(['invoke', handler, event], { env }).ended();
  expect(stderr).toMatch(
    /importing\.mjs cannot be read: Expected identifier but found "=" \(.+broken\.mjs:1\)\. Correct the syntax\.\n$/,
  );
});

test('as JSON: all done', async () => {
  const { stdout } = await inProcess(['invoke', `${HANDLERS}#router`, event, '--json'], { env }).ended();
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'succeeded',
    response: { batchItemFailures: [] },
    processed: 3,
  });
});

test('a failure with no records names none', async () => {
  const argv = ['invoke', `${HANDLERS}#throwing`, '-'];
  const { stdout } = await inProcess(argv, { env, input: '{"Records":[]}' }).ended();
  expect(stdout).toBe('Processed 0 of 0 records.\n');
});

test('a server that cannot be one is bad input', async () => {
  const { code } = await inProcess(['invoke', `${HANDLERS}#router`, event, '--endpoint', 'nowhere']).ended();
  expect(code).toBe(EXIT.usage);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import type { Emulators } from '../../../src/emulators/start-emulators.ts';
import { emulatedServers } from '../../fixtures/emulated.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

let aws: Emulators;
let client: DynamoDBClient;
let env: Readonly<Record<string, string>>;
let table: string;
let tables = 0;

beforeAll(async () => {
  aws = await emulatedServers();
  env = aws.environment;
  client = new DynamoDBClient(aws.dynamodb);
});

afterAll(() => aws.stop());

beforeEach(async () => {
  table = `Payments${++tables}`;
  await run('tables', 'create', table, '--keys', 'customerId,number:N');
});

const run = (...argv: readonly string[]) => inProcess(argv, { env }).ended();
const runWith = (input: string, ...argv: readonly string[]) => inProcess(argv, { env, input }).ended();

const stored = async (number: number, name = table): Promise<Record<string, AttributeValue> | undefined> => {
  const Key = { customerId: { S: 'C-1' }, number: { N: `${number}` } };
  return (await client.send(new GetItemCommand({ TableName: name, Key }))).Item;
};

const directory = mkdtempSync(join(tmpdir(), 'streamlane-items-'));

function file(text: string): string {
  const path = join(directory, `${crypto.randomUUID()}.json`);
  writeFileSync(path, text);
  return path;
}

const key = (number: number): string => `{"customerId":"C-1","number":${number}}`;
const put = (text: string): Promise<unknown> => run('put', table, text);

describe('streamlane put', () => {
  test('takes plain JSON, and numbers keep their digits', async () => {
    const item =
      '{"customerId":"C-1","number":1,"big":12345678901234567890.5,"map":{"list":[true,null,"x"]},"__proto__":"p"}';
    expect(await run('put', table, item, '--item', key(2))).toEqual({
      code: EXIT.ok,
      stdout: `Put 2 items into ${table}.\n`,
      stderr: '',
    });
    const Item = await stored(1);
    expect(Item).toMatchObject({
      big: { N: '12345678901234567890.5' },
      map: { M: { list: { L: [{ BOOL: true }, { NULL: true }, { S: 'x' }] } } },
    });
    expect(Object.keys(Item ?? {})).toContain('__proto__');
    expect(await stored(2)).toBeDefined();
    expect((await run('put', table, key(3))).stdout).toBe(`Put 1 item into ${table}.\n`);
  });

  test.each([
    ['an item a line', (one: string, two: string) => `${one}\n\n  ${two}\r\n`],
    ['a list', (one: string, two: string) => `[${one},\n ${two}]`],
    ['a byte order mark', (one: string, two: string) => `\ufeff${one}\n${two}`],
  ])('--file takes %s', async (_name, text) => {
    expect(await run('put', table, '--file', file(text(key(1), key(2))))).toEqual({
      code: EXIT.ok,
      stdout: `Put 2 items into ${table}.\n`,
      stderr: '',
    });
    expect([await stored(1), await stored(2)]).not.toContain(undefined);
  });

  test('one item may take several lines, and two files may be given', async () => {
    const pretty = JSON.stringify(JSON.parse(key(1)), undefined, 2);
    const { stdout } = await run('put', table, '--file', file(pretty), '--file', file(key(2)));
    expect(stdout).toBe(`Put 2 items into ${table}.\n`);
  });

  test('a process takes them on stdin', async () => {
    const command = spawned(['put', table, '--file', '-'], { env, input: `${key(1)}\n${key(2)}\n` });
    expect(await command.ended()).toEqual({
      code: EXIT.ok,
      stdout: `Put 2 items into ${table}.\n`,
      stderr: '',
    });
    expect([await stored(1), await stored(2)]).not.toContain(undefined);
  });

  const TYPED = {
    customerId: { S: 'C-1' },
    number: { N: '1' },
    tags: { SS: ['a', 'b'] },
    counts: { NS: ['1', '2.5'] },
    raw: { B: 'AQID' },
    parts: { BS: ['AQ==', 'Ag=='] },
    map: { M: { list: { L: [{ BOOL: false }, { NULL: true }] } } },
  };
  const STORED = {
    ...TYPED,
    raw: { B: new Uint8Array([1, 2, 3]) },
    parts: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
    tags: { SS: expect.arrayContaining(['a', 'b']) },
    counts: { NS: expect.arrayContaining(['1', '2.5']) },
  };

  test.each([
    ['an item', TYPED],
    ['what get-item and exports print', { Item: TYPED }],
    ['what scan and query print', { Items: [TYPED], Count: 1 }],
  ])('--dynamodb-json has sets and binary: %s', async (_name, value) => {
    const { stdout, stderr } = await runWith(
      JSON.stringify(value),
      'put',
      table,
      '--file',
      '-',
      '--dynamodb-json',
    );
    expect({ stdout, stderr }).toEqual({ stdout: `Put 1 item into ${table}.\n`, stderr: '' });
    expect(await stored(1)).toEqual(STORED);
  });

  test('an attribute called Item is an attribute', async () => {
    const item = JSON.stringify({ Item: { S: 'x' } });
    await run('tables', 'create', `${table}I`, '--keys', 'Item');
    expect((await run('put', `${table}I`, item, '--dynamodb-json')).stdout).toBe(
      `Put 1 item into ${table}I.\n`,
    );
    const inFile = await run('put', `${table}I`, '--file', file(item), '--dynamodb-json');
    expect(inFile.stdout).toBe(`Put 1 item into ${table}I.\n`);
  });

  test('of several, the message says which one failed and how many were put', async () => {
    const { code, stderr } = await run('put', table, '--file', file(`${key(1)}\n{"other":1}\n${key(3)}`));
    expect(stderr).toMatch(
      /^error: .+\.json, item 2: The request is refused: .+ Put 1 of 3 items before it, and none after it\.\n$/,
    );
    expect(code).toBe(EXIT.failed);
    expect([await stored(1), await stored(3)]).toEqual([expect.anything(), undefined]);
  });

  test('an item without its keys is refused in one line', async () => {
    const { code, stderr } = await run('put', table, '--item', '{"other":"1"}');
    expect(stderr).toMatch(/^error: The request is refused: .+\n$/);
    expect(code).toBe(EXIT.failed);
  });
});

describe('streamlane update', () => {
  beforeEach(() =>
    put('{"customerId":"C-1","number":1,"total":1,"note":"n","map":{"a":1,"a.b":2},"list":[1,2]}'),
  );

  test.each<[string, readonly string[], object]>([
    ['a number', ['--set', 'total=5.50'], { total: { N: '5.50' } }],
    ['text without quotes', ['--set', 'status=PAID'], { status: { S: 'PAID' } }],
    ['text with an equals sign', ['--set', 'q=a=b'], { q: { S: 'a=b' } }],
    ['digits as text', ['--set', 'zip="01234"'], { zip: { S: '01234' } }],
    ['a map', ['--set', 'm={"a":[1]}'], { m: { M: { a: { L: [{ N: '1' }] } } } }],
    ['a name that is a word of DynamoDB', ['--set', 'status=1', '--set', 'size=2'], { size: { N: '2' } }],
    ['a path', ['--set', 'map.a=2', '--set', 'list[1]=9'], { list: { L: [{ N: '1' }, { N: '9' }] } }],
    ['a quoted name', ['--set', 'map["a.b"]=3'], { map: { M: { a: { N: '1' }, 'a.b': { N: '3' } } } }],
    [
      'two paths below one name',
      ['--set', 'map.a=2', '--set', 'map["a.b"]=3'],
      { map: { M: { a: { N: '2' }, 'a.b': { N: '3' } } } },
    ],
    ['more of a number', ['--add', 'total=2'], { total: { N: '3' } }],
    ['a set', ['--dynamodb-json', '--set', 'tags={"SS":["x"]}'], { tags: { SS: ['x'] } }],
  ])('sets %s', async (_name, flags, expected) => {
    const item = flags.includes('--dynamodb-json') ? '{"customerId":{"S":"C-1"},"number":{"N":"1"}}' : key(1);
    expect(await run('update', table, item, ...flags)).toEqual({
      code: EXIT.ok,
      stdout: `Updated 1 item of ${table}.\n`,
      stderr: '',
    });
    const item1 = await stored(1);
    expect(item1).toMatchObject({ note: { S: 'n' }, ...normal(expected) });
  });

  // Emulators and DynamoDB normalize numbers.
  const normal = (value: object): object => JSON.parse(JSON.stringify(value).replaceAll('"5.50"', '"5.5"'));

  test('removes attributes, and sets those besides the key', async () => {
    await run(
      'update',
      table,
      '{"customerId":"C-1","number":1,"status":"OPEN"}',
      '--remove',
      'note',
      '--remove',
      'list[0]',
    );
    expect(await stored(1)).toEqual({
      customerId: { S: 'C-1' },
      number: { N: '1' },
      total: { N: '1' },
      map: { M: { a: { N: '1' }, 'a.b': { N: '2' } } },
      list: { L: [{ N: '2' }] },
      status: { S: 'OPEN' },
    });
  });

  test('takes the items of a file', async () => {
    await put(key(2));
    const path = file(`${key(1)}\n{"customerId":"C-1","number":2,"own":true}`);
    expect((await run('update', table, '--file', path, '--set', 'checked=true')).stdout).toBe(
      `Updated 2 items of ${table}.\n`,
    );
    expect(await stored(1)).toMatchObject({ checked: { BOOL: true } });
    expect(await stored(2)).toMatchObject({ checked: { BOOL: true }, own: { BOOL: true } });
  });

  test('an item that does not exist is an error, and is not created', async () => {
    const { code, stderr } = await run('update', table, '--key', key(7), '--set', 'total=5');
    expect(stderr).toBe(
      `error: There is no such item in ${table}. Put it with streamlane put, or use --upsert, which creates it.\n`,
    );
    expect(code).toBe(EXIT.failed);
    expect(await stored(7)).toBeUndefined();
  });

  test('with --upsert it is created', async () => {
    expect((await run('update', table, key(7), '--set', 'total=5', '--upsert')).code).toBe(EXIT.ok);
    expect(await stored(7)).toMatchObject({ total: { N: '5' } });
  });

  test.each([
    ['--set', 'a..b=hunter2', 'a..b=…'],
    ['--add', '=hunter2\nx', '=…'],
  ])('%s %j is refused without its value', async (flag, text, got) => {
    const { code, stderr } = await run('update', table, key(1), flag, text);
    expect(stderr).toBe(
      `error: ${flag} takes an attribute and its value, such as total=5 or address.city=Bern, got ${got}.\n`,
    );
    expect(code).toBe(EXIT.usage);
  });

  test("a refusal of the server is reported with the server's message", async () => {
    const { code, stderr } = await run('update', table, key(1), '--add', 'note=1');
    expect(stderr).toMatch(/^error: The request is refused: .+\n$/);
    expect(code).toBe(EXIT.failed);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['nothing to change', [], /^error: --key has nothing to change\. Use --set total=5, .+\n$/],
    [
      'a key that is not whole',
      ['{"customerId":"C-1"}', '--set', 'a=1'],
      /^error: --key 2 lacks the attribute number\. The key of .+ is customerId, number\.\n$/,
    ],
  ])('%s is bad input', async (_name, more, message) => {
    const { code, stderr } = await run('update', table, key(1), ...more);
    expect(stderr).toMatch(message);
    expect(code).toBe(EXIT.usage);
    expect(await stored(1)).toMatchObject({ total: { N: '1' } });
  });
});

describe('streamlane delete', () => {
  test('deletes items by their keys, and ignores other attributes', async () => {
    await put(`{"customerId":"C-1","number":1,"total":5}`);
    await put(key(2));
    expect(await run('delete', table, '{"customerId":"C-1","number":1,"total":9}', key(2))).toEqual({
      code: EXIT.ok,
      stdout: `Deleted 2 items from ${table}.\n`,
      stderr: '',
    });
    expect([await stored(1), await stored(2)]).toEqual([undefined, undefined]);
  });

  test.each([
    [[key(9)], '1 item of 1 did not exist', 'Deleted 0 items'],
    [[key(1), key(8), key(9)], '2 items of 3 did not exist', 'Deleted 1 item'],
  ])('%j: a missing item is a warning', async (keys, warning, done) => {
    await put(key(1));
    expect(await run('delete', table, ...keys)).toEqual({
      code: EXIT.ok,
      stdout: `${done} from ${table}.\n`,
      stderr: `warning: ${warning}.\n`,
    });
  });
});

describe.each(['put', 'update', 'delete'])('%s', (command) => {
  const more = command === 'update' ? ['--set', 'a=1', '--upsert'] : [];

  test('after Ctrl-C it says how many items were written, and writes no more', async () => {
    await put(key(1));
    const texts = Array.from({ length: 20_000 }, (_, index) => key(index + 1));
    const names = { put: 'Put', update: 'Updated', delete: 'Deleted' };
    const command1 = inProcess([command, table, '--file', file(texts.join('\n')), ...more], { env });
    // The second item says that the first one is done.
    const wanted = command === 'delete' ? undefined : expect.anything();
    await vi.waitFor(async () => expect(await stored(command === 'delete' ? 1 : 2)).toEqual(wanted), 20_000);
    command1.interrupt();
    const { code, stdout, stderr } = await command1.ended();
    expect([code, stdout]).toEqual([EXIT.interrupted, '']);
    const [, name, written] =
      /^warning: Stopped\. (\w+) (\d+) of 20000 items, and perhaps one more\.\n$/.exec(stderr) ?? [];
    expect(name).toBe(names[command as keyof typeof names]);
    expect(Number(written)).toBeLessThan(20_000);
    if (command !== 'delete') expect(await stored(Number(written) + 5)).toBeUndefined();
  });

  test('a table that is not there says how to create it', async () => {
    const { code, stderr } = await run(command, 'Nowhere', '{"id":"1"}', '{"id":"2"}', ...more);
    expect(stderr).toBe(
      'error: There is no table Nowhere here. Create it with: streamlane tables create Nowhere --keys <names>, ' +
        'or start dev with --create <names>, or check --endpoint, --region and --profile.\n',
    );
    expect(code).toBe(EXIT.failed);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'nothing',
      [],
      /^error: (An item|A key) is missing\. Give it as JSON, '\{"id":"1"\}', or name a file with --file; - is stdin\.\n$/,
    ],
    [
      'text',
      ['{id:1}'],
      /^error: --(item|key) is not JSON: .+ Quote it for the shell: --(item|key) '\{"id":"1"\}'\.\n$/,
    ],
    ['a list', ['[1]'], /^error: --(item|key) has to be a JSON object: '\{"id":"1"\}'\.\n$/],
    ['a number', ['12'], /^error: --(item|key) has to be a JSON object/],
    ['null', ['{}', 'null'], /^error: --(item|key) 2 has to be a JSON object/],
    ['a file that is not there', ['--file', 'none.ndjson'], /^error: There is no file none\.ndjson/],
    [
      'an empty file',
      ['--file', file(' \n')],
      /^error: .+\.json has no items\. Write one as JSON, or one for each line\.\n$/,
    ],
    [
      'a broken line',
      ['--file', file('{"id":1}\n{"id":\n')],
      /^error: .+\.json is not JSON: Unexpected end \(line 2, column 7\)\. Expected one item, a list of items, or one item for each line\.\n$/,
    ],
    [
      'a value without quotes, on a line',
      ['--file', file('{"id":1}\n\n{"id":hunter2}\n{"id":3}\n')],
      /^error: [^ ]+\.json is not JSON: Unexpected token \(line 3, column 7\)\. Expected [^\n]+\n$/,
    ],
    [
      'a value without quotes, in an item on several lines',
      ['--file', file('{\n  "id": 1,\n  "secret": hunter2\n}\n')],
      /^error: [^ ]+\.json is not JSON: Unexpected token \(line 3, column 13\)\. Expected [^\n]+\n$/,
    ],
    [
      'a comma too many, in an item on several lines',
      ['--file', file('{\n  "id": "hunter2",\n}\n')],
      /^error: [^ ]+\.json is not JSON: Expected double-quoted property name \(line 3, column 1\)\. Expected [^\n]+\n$/,
    ],
    [
      'JSON that is nested too deeply',
      ['--file', file(`{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)],
      /^error: [^ ]+\.json is not JSON: Objects and lists are nested too deeply\. Expected [^\n]+\n$/,
    ],
    [
      'a value without quotes, in an argument',
      ['{"secret":hunter2}'],
      /^error: --(item|key) is not JSON: Unexpected token \(line 1, column 11\)\. Quote it [^\n]+\n$/,
    ],
    [
      'a line that is not an item',
      ['--file', file('{"id":1}\n3\n')],
      /^error: .+\.json, item 2 has to be a JSON object/,
    ],
    [
      'plain JSON as DynamoDB JSON',
      ['{"map":{"M":{"a":1}}}', '--dynamodb-json'],
      /^error: --(item|key) is not DynamoDB JSON: the attribute map\.a has to be an object with one of S, N, B, .+\n$/,
    ],
    [
      'a list of DynamoDB JSON',
      ['[{"S":"1"}]', '--dynamodb-json'],
      /^error: --(item|key) has to be a JSON object/,
    ],
    ...Object.entries({
      S: [1, 'text'],
      N: [1, 'the digits of a number as text'],
      B: ['?', 'base64'],
      BOOL: ['true', 'true or false'],
      NULL: [false, 'true'],
      SS: [[], 'a list of texts that is not empty'],
      NS: [[1], 'a list of numbers as text that is not empty'],
      BS: [['A'], 'a list of base64 that is not empty'],
      L: [{}, 'a list'],
      M: [[], 'an object'],
    }).map(([type, [content, expected]]): [string, readonly string[], RegExp] => [
      `${type} with other content`,
      [JSON.stringify({ list: { L: [{ [type]: content }] } }), '--dynamodb-json'],
      new RegExp(
        `^error: --(item|key) is not DynamoDB JSON: ${type} of the attribute list\\[0\\] has to be ${expected}\\.\n$`,
      ),
    ]),
  ])('%s is bad input, and nothing is tried', async (_name, argv, message) => {
    const flags = argv.includes('--dynamodb-json') && command === 'update' ? ['--set', 'a={"S":"1"}'] : more;
    const { code, stdout, stderr } = await inProcess([command, 'T', ...argv, ...flags]).ended();
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  });
});

test.each<[readonly string[], RegExp]>([
  [
    ['--set', 'total'],
    /^error: --set takes an attribute and its value, such as total=5 or address\.city=Bern, got total\.\n$/,
  ],
  [['--add', '=5'], /^error: --add takes an attribute and its value/],
  [['--remove', 'a[x]'], /^error: --remove takes an attribute such as note, .+ got a\[x\]\.\n$/],
  [
    ['--dynamodb-json', '--set', 'a=1'],
    /^error: --set is not DynamoDB JSON: the attribute a has to be an object with one of S, .+\n$/,
  ],
])('update %j is bad input', async (flags, message) => {
  const { code, stderr } = await inProcess(['update', 'T', '{}', ...flags]).ended();
  expect(stderr).toMatch(message);
  expect(code).toBe(EXIT.usage);
});

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { type Code, codeOf, STREAMLANE } from '../dev/code.ts';
import { inProcess } from '../in-process.ts';
import { spawned } from '../spawned.ts';

const tables = (): Code =>
  codeOf({
    'tables.ts': `import { defineTable, itemOf } from ${STREAMLANE};
      export const orders = defineTable({ name: 'Orders', keys: ['customerId', 'number'], viewType: 'NEW_IMAGE', item: itemOf<any>() });
      export const other = {};`,
  });

async function eventOf(...argv: readonly string[]): Promise<DynamoDBStreamEvent> {
  const { code, stdout, stderr } = await inProcess(['generate', 'event', ...argv]).ended();
  expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
  return JSON.parse(stdout);
}

const imagesOf = ({ Records }: DynamoDBStreamEvent): readonly unknown[] =>
  Records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.OldImage, dynamodb?.NewImage]);

describe('streamlane generate event', () => {
  test('an insert, a change and a delete of an item', async () => {
    const [before, after] = [1, 2].map((version) => ({ id: { S: 'id-1' }, version: { N: `${version}` } }));
    expect(imagesOf(await eventOf())).toEqual([
      ['INSERT', undefined, before],
      ['MODIFY', before, after],
      ['REMOVE', before, undefined],
    ]);
  });

  test('the requested number of each, for items with different keys', async () => {
    const { Records } = await eventOf(
      '--keys',
      'pk, sk',
      '--insert',
      '3',
      '--modify',
      '1',
      '--table',
      'Mine',
    );
    expect(
      Records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.Keys?.pk?.S, dynamodb?.Keys?.sk?.S]),
    ).toEqual([
      ['INSERT', 'pk-1', 'sk-1'],
      ['INSERT', 'pk-2', 'sk-1'],
      ['INSERT', 'pk-3', 'sk-1'],
      ['MODIFY', 'pk-1', 'sk-1'],
    ]);
    expect(Records[0]?.eventSourceARN).toContain(':table/Mine/stream/');
  });

  test('a declared table gives keys, name and view type; items and changes are given', async () => {
    const items = ['{"customerId":"C","number":1,"total":5}', '{"customerId":"D","number":2}'];
    const event = await eventOf(
      ...['--table-module', tables().path('tables.ts#orders'), '--insert', '3', '--modify', '1'],
      ...[
        '--item',
        items[0] as string,
        '--item',
        items[1] as string,
        '--set',
        'total=9',
        '--set',
        'status=PAID',
      ],
    );
    const key = (customerId: string, number: number) => ({
      customerId: { S: customerId },
      number: { N: `${number}` },
    });
    expect(imagesOf(event)).toEqual([
      ['INSERT', undefined, { ...key('C', 1), total: { N: '5' } }],
      ['INSERT', undefined, key('D', 2)],
      ['INSERT', undefined, { ...key('C-2', 1), total: { N: '5' } }],
      ['MODIFY', undefined, { ...key('C', 1), total: { N: '9' }, status: { S: 'PAID' } }],
    ]);
  });

  test('number keys are counted up', async () => {
    const { Records } = await eventOf('--item', '{"id":7}', '--insert', '2');
    expect(Records.map(({ dynamodb }) => dynamodb?.Keys)).toEqual([{ id: { N: '7' } }, { id: { N: '8' } }]);
  });

  test('invoke takes it, as processes in a pipe', async () => {
    const { stdout: input } = await spawned(['generate', 'event', '--insert', '2']).ended();
    const code = codeOf({ 'handler.ts': 'export const handler = () => ({ batchItemFailures: [] });' });
    const { stdout } = await spawned(
      ['invoke', code.path('handler.ts'), '-', '--endpoint', 'http://127.0.0.1:1'],
      { input },
    ).ended();
    expect(stdout).toMatch(/Successfully processed 2 records\.\n$/);
  });

  test.each<[readonly string[], RegExp]>([
    [['--insert', 'x'], /--insert has to be a whole number, got x\./],
    [['--insert', '0'], /An event has 1 to 10000 records, got 0\./],
    [['--insert', '9999', '--remove', '2'], /An event has 1 to 10000 records, got 10001\./],
    [['--item', '[1]'], /--item has to be a JSON object/],
    [['--item', '{id'], /--item has to be a JSON object/],
    [['--item', '{"other":1}'], /id/],
    [['--set', 'total'], /--set takes an attribute and its value, such as total=5, got total\./],
    [['--keys', ''], /keys/],
    [['--table-module', 'no.ts#x'], /There is no file no\.ts/],
    [
      ['--table-module', 'src/index.ts#env'],
      /src\/index\.ts#env is not a table\. Name an export that defineTable returned\./,
    ],
    [
      ['--table-module', 'src/index.ts#env', '--keys', 'id'],
      /The table of --table-module has its own keys and name\./,
    ],
  ])('%j is bad input', async (argv, message) => {
    const { code, stdout, stderr } = await inProcess(['generate', 'event', ...argv]).ended();
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  });

  test('of the exports of a module, an error suggests the tables', async () => {
    const argv = ['generate', 'event', '--table-module', tables().path('tables.ts')];
    const { code, stderr } = await inProcess(argv).ended();
    expect(stderr).toMatch(/has no export handler\. It exports orders: use \S+tables\.ts#orders\.\n$/);
    expect(code).toBe(EXIT.usage);
  });
});

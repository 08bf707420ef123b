import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { streamRouter } from '../../../src/index.ts';
import { type LocalMappingOptions, startEventSourceMapping } from '../../../src/local/index.ts';
import { FAKE_STREAM } from '../../fixtures/fake-streams.ts';

const nested = (depth: number, open: string, close: string): string =>
  `{"a":${open.repeat(depth)}{"S":"x"}${close.repeat(depth)}}`;
const deepMap = nested(20_000, '{"M":{"a":', '}}');
const deepList = nested(20_000, '{"L":[', ']}');

/** Members of a record's `dynamodb`, as JSON. */
const changes: Record<string, string> = {
  'keys of null': '"Keys":null',
  'keys that are empty': '"Keys":{}',
  'keys that are a list': '"Keys":[]',
  'keys that are text': '"Keys":"x"',
  'keys that are a number': '"Keys":5',
  'a key of null': '"Keys":{"pk":null}',
  'a key named __proto__': '"Keys":{"__proto__":{"S":"x"}}',
  'keys that nest too deep': `"Keys":${deepMap}`,
  'a time that is text': '"ApproximateCreationDateTime":"x"',
  'a time of null': '"ApproximateCreationDateTime":null',
  'a time without end': '"ApproximateCreationDateTime":1e999',
  'a time before all': '"ApproximateCreationDateTime":-5',
  'a size that is text': '"SizeBytes":"x"',
  'equal images that nest too deep': `"OldImage":${deepMap},"NewImage":${deepMap}`,
};

const images: Record<string, string> = {
  'an image of null': 'null',
  'an image that is a list': '[]',
  'an image that is text': '"x"',
  'an image that is true': 'true',
  'an attribute of null': '{"a":null}',
  'an attribute without a type': '{"a":{}}',
  'an attribute that is text': '{"a":"x"}',
  'an unknown type': '{"a":{"X":"y"}}',
  'two types': '{"a":{"S":"x","N":"1"}}',
  'a number as S': '{"a":{"S":5}}',
  'a number of 500 digits': `{"a":{"N":"${'1'.repeat(500)}"}}`,
  'a number with a huge exponent': '{"a":{"N":"1e99999999"}}',
  'a number that is none': '{"a":{"N":"abc"}}',
  'a number as JSON has it': `{"a":{"N":${'9'.repeat(400)}}}`,
  'a list that is a map': '{"a":{"L":{}}}',
  'a map that is a list': '{"a":{"M":[]}}',
  'a map of null': '{"a":{"M":null}}',
  'a list with null': '{"a":{"L":[null]}}',
  'a set of null': '{"a":{"SS":null}}',
  'a set that is text': '{"a":{"BS":"x"}}',
  'bytes that are no base64': '{"a":{"B":"!!!"}}',
  'attributes named __proto__ at every depth':
    '{"__proto__":{"S":"x"},"m":{"M":{"__proto__":{"L":[{"M":{"__proto__":{"N":"1"}}}]}}}}',
  '__proto__ in place of a type': '{"a":{"__proto__":{"S":"x"}}}',
  'attributes named like methods': '{"constructor":{"S":"x"},"toJSON":{"S":"y"},"hasOwnProperty":{"S":"z"}}',
  'half a character': '{"a":{"S":"\\ud800"}}',
  'maps that nest too deep': deepMap,
  'lists that nest too deep': deepList,
  'brackets that nest too deep': `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  'an item of 400 kB': `{"a":{"S":"${'x'.repeat(400 * 1024)}"}}`,
};

/** Members of a record beside `dynamodb`. */
const others: Record<string, string> = {
  'an unknown event name': '"eventName":"FOO"',
  'an event name of null': '"eventName":null',
  'an event name that is a number': '"eventName":5',
  'an event id that is a map': '"eventID":{"a":1}',
  'an identity that is text': '"userIdentity":"x"',
  'an identity of numbers': '"userIdentity":{"PrincipalId":5,"Type":null}',
};

/** Records without a place in the shard. */
const placeless = ['null', '5', '"x"', '[]', '{}', '{"dynamodb":null}', '{"dynamodb":{"SequenceNumber":7}}'];

let sequence = 400n * 10n ** 18n;

function record(pk: string, { members = '', change = '' } = {}): string {
  const created = Math.floor(Date.now() / 1000);
  const dynamodb = `"SequenceNumber":"${++sequence}","ApproximateCreationDateTime":${created},"Keys":{"pk":{"S":"${pk}"}}`;
  const rest = `"eventID":"${`${sequence}`.padStart(32, '0')}","eventName":"MODIFY","eventVersion":"1.1"`;
  const Images =
    '"OldImage":{"pk":{"S":"x"}},"NewImage":{"pk":{"S":"y"}},"StreamViewType":"NEW_AND_OLD_IMAGES"';
  return `{${rest}${members && `,${members}`},"dynamodb":{${dynamodb},${Images}${change && `,${change}`}}}`;
}

/** Each hostile record in a page of its own, between two good ones; the last page is out of order. */
function hostilePages(): string[] {
  const hostile = [
    ...Object.values(changes).map((change) => () => record('hostile', { change })),
    ...Object.values(images).map((image) => () => record('hostile', { change: `"NewImage":${image}` })),
    ...Object.values(others).map((members) => () => record('hostile', { members })),
    ...placeless.map((text) => () => text),
  ];
  const pages = hostile.map((one, index) => [record(`before ${index}`), one(), record(`after ${index}`)]);
  const failing = record('hostile', { change: '"NewImage":{"a":null}' });
  const index = pages.length;
  pages.push([record(`after ${index}`), failing, record(`before ${index}`)]);
  return pages.map((page) => `[${page}]`);
}

const handlers = {
  'a function': (seen: Set<string>) => (event: DynamoDBStreamEvent) => {
    for (const { dynamodb } of event.Records) seen.add(`${dynamodb?.Keys?.pk?.S}`);
  },
  'a router': (seen: Set<string>) =>
    streamRouter({ logger: false }).onModify(({ keys, newImage }) => {
      seen.add(`${(keys as { pk?: unknown }).pk}`);
      return void newImage;
    }),
};

const ways: [keyof typeof handlers, Partial<LocalMappingOptions>][] = [
  ['a function', {}],
  ['a function', { parallelizationFactor: 4 }],
  [
    'a function',
    { filterCriteria: { filters: [{ pattern: { dynamodb: { Keys: { pk: { S: [{ exists: true }] } } } } }] } },
  ],
  ['a function', { streamArn: FAKE_STREAM.replace('eu-central-1:123456789012', 'local:000000000000') }],
  ['a router', { functionResponseTypes: ['ReportBatchItemFailures'], bisectBatchOnFunctionError: true }],
];

test.each(ways)(
  'no record ends a mapping or takes its neighbours: %s, %j',
  async (handler, options) => {
    const pages = hostilePages();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { ShardIterator } = JSON.parse(Buffer.concat(chunks).toString());
        const operation = `${request.headers['x-amz-target']}`.split('.')[1];
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        if (operation === 'DescribeStream')
          return response.end('{"StreamDescription":{"StreamStatus":"ENABLED","Shards":[{"ShardId":"s"}]}}');
        if (operation === 'GetShardIterator') return response.end('{"ShardIterator":"0"}');
        const at = Number(ShardIterator);
        return response.end(
          `{"Records":${pages[at] ?? '[]'},"NextShardIterator":"${Math.min(at + 1, pages.length)}"}`,
        );
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const seen = new Set<string>();
    const problems: unknown[] = [];
    const mapping = await startEventSourceMapping({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      streamArn: FAKE_STREAM,
      startingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 5,
      maximumRetryAttempts: 0,
      logger: false,
      handler: handlers[handler](seen),
      ...options,
    } as LocalMappingOptions);
    mapping.on('problem', (problem) => problems.push(problem));
    await mapping.caughtUp();
    await mapping.stop();
    server.closeAllConnections();
    server.close();
    expect(problems).toEqual([]);
    for (const index of pages.keys()) {
      expect(seen).toContain(`before ${index}`);
      expect(seen).toContain(`after ${index}`);
    }
  },
  30_000,
);

import { describe, expect, test } from 'vitest';
import { importPeer } from '../../src/aws-clients/import-peer.ts';
import { type LocalMappingOptions, localSettings } from '../../src/local/local-options.ts';

const valid: LocalMappingOptions = { tableName: 'Invoices', startingPosition: 'LATEST', handler: () => {} };
const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000';

test('defaults are those of AWS', () => {
  const settings = localSettings(valid);
  expect(settings).toMatchObject({
    timeoutMs: 3000,
    memoryLimitInMB: 128,
    functionName: 'local',
    closeIdleWindowAfterSeconds: 5,
    pollIntervalMs: 250,
    discoveryIntervalMs: 10_000,
    mapping: { batchSize: 100, maximumRetryAttempts: -1, startingPosition: 'LATEST' },
  });
  expect([1, 2, 20].map(settings.retryDelayMs)).toEqual([500, 1000, 60_000]);
});

describe('refused', () => {
  test.each<[object, string]>([
    [
      { startingPosition: 'AT_TIMESTAMP' },
      'startingPosition AT_TIMESTAMP is not supported by DynamoDB streams.',
    ],
    [{ startingPosition: undefined }, 'startingPosition'],
    [
      { maximumRecordAgeInSeconds: 59 },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    [{ batchSize: 0 }, 'startEventSourceMapping: batchSize has to be a whole number from 1 to 10000, got 0'],
    [{ streamArn }, 'streamArn or tableName is required'],
    [{ tableName: undefined }, 'streamArn or tableName is required'],
    [{ tableName: '' }, 'tableName has to be text, got ""'],
    [{ tableName: undefined, streamArn: 'arn:aws:kinesis:x' }, 'has to be the ARN of a DynamoDB stream'],
    [{ checkpointFile: 7 }, 'checkpointFile has to be text, got 7'],
    [{ handler: (_event: never, _context: never, _callback: never) => {} }, 'handler takes 3 parameters'],
    [
      { functionName: 'no spaces' },
      'functionName has to be text of letters, digits, - and _, got "no spaces"',
    ],
    [{ functionName: 5 }, 'functionName'],
    [{ region: '' }, 'region has to be text, got ""'],
    [
      { endpoint: 'localhost:8000' },
      'endpoint has to be a URL such as http://127.0.0.1:8000, got "localhost:8000"',
    ],
    [{ endpoint: 'http://' }, 'endpoint has to be a URL'],
    [{ endpoint: 8000 }, 'endpoint has to be a URL'],
    [{ destinationEndpoint: '/queue' }, 'destinationEndpoint has to be a URL'],
    [{ client: {} }, 'client has to be an object with the method send, got an object'],
    [{ lambdaClient: 'invoices' }, 'lambdaClient has to be an object with the method send, got "invoices"'],
    [{ credentials: 'key' }, 'credentials has to be an object with accessKeyId and secretAccessKey'],
    [{ credentials: null }, 'credentials has to be an object'],
    [
      { destinationClients: null },
      'destinationClients has to be an object with clients named sqs, sns or s3',
    ],
    [{ destinationClients: 'sqs' }, 'destinationClients has to be'],
    [{ destinationClients: { sqs: {} } }, 'destinationClients has to be'],
    [{ destinationClients: { SQS: { send() {} } } }, 'destinationClients has to be'],
    [{ timeoutSeconds: 5401 }, 'timeoutSeconds has to be a number from 0.001 to 5400, got 5401'],
    [{ timeoutSeconds: 0 }, 'timeoutSeconds has to be a number'],
    [{ memoryLimitInMB: 'x' }, 'memoryLimitInMB has to be a number from 128 to 10240, got "x"'],
    [{ pollIntervalMs: 0 }, 'pollIntervalMs'],
    [{ discoveryIntervalMs: 1 }, 'discoveryIntervalMs'],
    [{ closeIdleWindowAfterSeconds: -1 }, 'closeIdleWindowAfterSeconds'],
    [
      { logger: {} },
      'logger has to be an object with the methods debug, info, warn, error, or false, got an object',
    ],
    [{ retryDelayMs: 5 }, 'retryDelayMs has to be a function of the attempt, got 5'],
  ])('%j', (options, message) => {
    expect(() => localSettings({ ...valid, ...options } as LocalMappingOptions)).toThrow(message);
  });

  test('an unknown option', () => {
    expect(() => localSettings({ ...valid, batchsize: 1 } as LocalMappingOptions)).toThrow(
      'batchsize is not an option',
    );
  });
});

test('valid and missing options are accepted', () => {
  const client = { send: () => {} };
  const options = {
    client,
    lambdaClient: client,
    destinationClients: { sqs: client, sns: undefined },
    endpoint: 'http://127.0.0.1:8000',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    functionName: 'invoices-2_b',
    logger: undefined,
  };
  expect(() => localSettings({ ...valid, ...options } as never)).not.toThrow();
  expect(() => localSettings({ ...valid, credentials: () => options.credentials } as never)).not.toThrow();
});

test.each([undefined, '', 'src/handler', 'src/handler.tsx#handler', 'handler.handler', 'invoices#x', 7])(
  'the handler %j is refused, with the three that there are',
  (handler) => {
    expect(() => localSettings({ ...valid, handler } as LocalMappingOptions)).toThrow(
      expect.objectContaining({
        code: 'INVALID_HANDLER',
        message:
          "startEventSourceMapping: handler has to be a function, a module such as 'src/handler.ts#handler', " +
          `or the name or ARN of a deployed function, got ${JSON.stringify(handler)}.`,
      }),
    );
  },
);

test.each([
  'invoices',
  'my-function_2:$LATEST',
  '123456789012:function:invoices',
  'arn:aws:lambda:eu-central-1:123456789012:function:invoices:live',
  'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:invoices',
  'src/handler.ts#handler',
])('the handler %s is taken', (handler) => {
  expect(() => localSettings({ ...valid, handler })).not.toThrow();
});

describe('a peer', () => {
  test('that is missing is named, with the remedy', async () => {
    const load = () => import('@aws-sdk/client-none' as string);
    await expect(importPeer('@aws-sdk/client-none', 'A test', load)).rejects.toMatchObject({
      code: 'MISSING_PEER',
      message:
        'A test needs @aws-sdk/client-none, which is not installed. Install it with: npm install --save-dev @aws-sdk/client-none',
    });
  });

  test('that is broken throws its own error', async () => {
    const broken = new Error('syntax');
    await expect(importPeer('x', 'A test', () => Promise.reject(broken))).rejects.toBe(broken);
  });
});

test("AWS's own JSON is taken, and an AT_TIMESTAMP is refused with the ARN of the stream", () => {
  const { startingPosition: _, ...others } = valid;
  const ofAws = { ...others, StartingPosition: 'LATEST', BatchSize: 7, FunctionName: 'f' };
  expect(localSettings(ofAws as never)).toMatchObject({ mapping: { batchSize: 7 }, functionName: 'f' });
  const streamArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/T/stream/2026-01-01T00:00:00.000';
  const options = { ...others, tableName: undefined, streamArn, startingPosition: 'AT_TIMESTAMP' };
  expect(() => localSettings(options as never)).toThrow(
    `Unsupported starting position for arn type: ${streamArn}`,
  );
});

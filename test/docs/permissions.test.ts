// The tables of permissions in docs/sinks.md: the functions of streamlane/mapping write the same ones.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  destinationPolicy,
  type PolicyStatement,
  sinkPolicy,
  streamPolicy,
} from '../../src/mapping/index.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import type { Sink } from '../../src/sinks/index.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { tableUnder } from './markdown.ts';

const PAGE = 'docs/sinks.md';

/** The names that stand for parts of an ARN, with values that an ARN can have. */
const VALUES: Readonly<Record<string, string>> = {
  REGION: 'eu-central-1',
  ACCOUNT: '123456789012',
  NAME: 'invoices',
  PREFIX: 'deleted/',
  LABEL: '2026-01-01T00:00:00.000',
};

const codeIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** A statement, of the last two cells of a row. */
function statementIn(row: readonly string[]): PolicyStatement {
  const [resource = ''] = codeIn(row[2]);
  const arn = resource.replaceAll(/[A-Z]{4,}/g, (name) => VALUES[name] ?? name);
  return { Effect: 'Allow', Action: codeIn(row[1]), Resource: arn };
}

const arnOf = (service: string, rest: string): string =>
  `arn:aws:${service}:eu-central-1:123456789012:${rest}`;

const SINKS: Readonly<Record<string, Sink<never, never>>> = {
  snsTopic: snsTopic({ topicArn: arnOf('sns', 'invoices') }),
  sqsQueue: sqsQueue({ queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/invoices' }),
  eventBus: eventBus({ source: 'invoices', eventBusName: arnOf('events', 'event-bus/invoices') }),
  tableWriter: tableWriter({ tableName: arnOf('dynamodb', 'table/invoices'), keys: ['id'] }),
  bucketWriter: bucketWriter({ bucket: 'invoices', prefix: 'deleted/' }),
};

test('each sink has the permission that its policy has', () => {
  const rows = tableUnder(PAGE, 'Permissions');
  expect(Object.fromEntries(rows.map((row) => [codeIn(row[0])[0], [statementIn(row)]]))).toEqual(
    Object.fromEntries(Object.entries(SINKS).map(([name, sink]) => [name, sinkPolicy(sink)])),
  );
});

test('the table has every kind of sink', () => {
  const sinks = tableUnder(PAGE, 'Five sinks').map(([, call]) => codeIn(call)[0]?.replace(/\(.*/, ''));
  expect(tableUnder(PAGE, 'Permissions').map(([sink]) => codeIn(sink)[0])).toEqual(sinks);
});

test('the stream and the destination of the mapping have what their policies have', () => {
  const rows = tableUnder(PAGE, 'Other permissions');
  const store = rows.findIndex(([what]) => what?.includes('idempotent'));
  expect(rows.slice(0, store).map(statementIn)).toEqual([
    ...streamPolicy(arnOf('dynamodb', `table/invoices/stream/${VALUES.LABEL}`)),
    ...destinationPolicy(arnOf('sqs', 'invoices')),
    ...destinationPolicy(arnOf('sns', 'invoices')),
    ...destinationPolicy('arn:aws:s3:::invoices'),
  ]);
});

test('idempotent has an action for each command of the persistence layer', () => {
  const layer = import.meta.resolve('@aws-lambda-powertools/idempotency/dynamodb');
  const code = readFileSync(fileURLToPath(layer), 'utf8');
  const commands = [...code.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `dynamodb:${name}`);
  const row = tableUnder(PAGE, 'Other permissions').find(([what]) => what?.includes('idempotent')) ?? [];
  expect(commands.length).toBeGreaterThan(0);
  expect(codeIn(row[1]).sort()).toEqual([...new Set(commands)].sort());
});

// The commands that findings print: a shell takes them as they are, and AWS has their operations and parameters.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/doctor/finding.ts';
import { type FakeAws, fakeAws } from '../../doctor/fake-aws/server.ts';
import {
  healthy,
  QUEUE_ARN,
  REGION,
  STREAM_ARN,
  TABLE_ARN,
  TOPIC_ARN,
  type World,
} from '../../doctor/fake-aws/world.ts';
import { awsProblems, shellWords } from '../../fixtures/aws-command.ts';
import { inProcess } from '../in-process.ts';

let aws: FakeAws;
beforeAll(async () => {
  aws = await fakeAws(healthy());
});
afterAll(() => aws[Symbol.asyncDispose]());

const LONG = 'a-name-that-is-as-long-as-a-queue-may-have-it-which-is-eighty-characters-for-sqs';

/** Changes that bring about as many findings with commands as fit into one deployment each. */
const SICK: Readonly<Record<string, (world: World) => void>> = {
  'a mapping with the defaults of AWS': ({ mappings: [mapping], functions, alarms }) => {
    Object.assign(mapping as object, {
      FunctionResponseTypes: [],
      MaximumRecordAgeInSeconds: -1,
      DestinationConfig: { OnFailure: {} },
      State: 'Disabled',
      TumblingWindowInSeconds: 60,
      ParallelizationFactor: 2,
    });
    Object.assign(functions['on-invoice']?.configuration as object, {
      MemorySize: 128,
      Timeout: 1,
      Runtime: 'nodejs20.x',
    });
    Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 0 });
    alarms.splice(0);
  },
  'names that are longer than a line': ({ mappings: [mapping], queues, functions, forbidden }) => {
    const arn = `${QUEUE_ARN}-${LONG}`;
    queues[arn] = { MessageRetentionPeriod: '60', ApproximateNumberOfMessages: '3' };
    Object.assign(mapping as object, { DestinationConfig: { OnFailure: { Destination: arn } } });
    Object.assign(functions['on-invoice'] as object, { reservedConcurrency: 1 });
    forbidden.push('sqs:SendMessage');
  },
  'a topic that keeps nothing': ({ mappings: [mapping], topics }) => {
    const arn = `${TOPIC_ARN}-${LONG}`;
    topics[arn] = { SubscriptionsConfirmed: '0' };
    Object.assign(mapping as object, { DestinationConfig: { OnFailure: { Destination: arn } } });
  },
  'a disabled stream of a table with a long name': ({ mappings: [mapping], tables, streams }) => {
    const table = `${TABLE_ARN}.${'t'.repeat(200)}`;
    const arn = `${table}/stream/2026-01-01T00:00:00.000`;
    tables[table] = { LatestStreamArn: arn, StreamSpecification: { StreamEnabled: false } };
    streams[arn] = streams[STREAM_ARN] as object;
    Object.assign(mapping as object, { EventSourceArn: arn });
  },
};

async function printed(...flags: readonly string[]): Promise<string> {
  const args = ['doctor', '--function', 'on-invoice', '--endpoint', aws.endpoint, '--region', REGION];
  return (await inProcess([...args, ...flags]).ended()).stdout;
}

/** The remedies in a report, as a user copies them: from behind `do` to the line of `see`. */
function copiedFrom(report: string): readonly string[] {
  return [...report.matchAll(/^ {2}do {6}(.*?)^ {2}see {5}/gms)].map(([, lines = '']) => lines.trimEnd());
}

describe.each(Object.entries(SICK))('%s', (_name, change) => {
  test('a remedy that is copied from the report is the remedy', async () => {
    aws.world = healthy();
    change(aws.world);
    const { findings } = JSON.parse(await printed('--json')) as { readonly findings: readonly Finding[] };
    const copied = copiedFrom(await printed());
    expect(copied).toHaveLength(findings.length);
    const commands = findings.flatMap(({ remedy }, index) => {
      const copy = copied[index] as string;
      if (remedy.startsWith('{')) {
        expect(JSON.parse(copy)).toEqual(JSON.parse(remedy));
        return [];
      }
      if (!/^(?:aws|npx|streamlane) /.test(remedy)) return [];
      const words = shellWords(copy);
      expect(words).toEqual(shellWords(remedy));
      return [words];
    });
    const ofAws = commands.filter(([program]) => program === 'aws');
    expect(ofAws.length).toBeGreaterThan(0);
    for (const [, ...words] of ofAws) expect(awsProblems(words)).toEqual([]);
  });
});

test('lines fit 80 columns, but for an argument that is longer', async () => {
  aws.world = healthy();
  SICK['a mapping with the defaults of AWS']?.(aws.world);
  for (const line of (await printed()).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test("AWS's own texts are shown without control characters, and cut", async () => {
  aws.world = healthy();
  const text = `bad\u001b[2J\n\nerror     FAKE${'\u0007'.repeat(50)} ${'x'.repeat(100_000)}`;
  Object.assign(aws.world.mappings[0] as object, { LastProcessingResult: text });
  const report = await printed();
  expect(report).toContain('bad\\u001b[2J');
  expect(report).not.toMatch(/^error {5}FAKE/m);
  expect(report).toContain('--json prints all of them');
  for (const line of report.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

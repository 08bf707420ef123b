import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handler } from '../../examples/deploy-cdk/handler.ts';
import { eventSourceMapping } from '../../src/mapping/index.ts';
import { blocksOf } from '../docs/markdown.ts';
import { runExample } from './run-example.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

test('deploy-cdk synthesizes the mapping of its router and all that belongs to it, as its README shows', async () => {
  const CDK_OUTDIR = mkdtempSync(join(tmpdir(), 'streamlane-deploy-cdk-'));
  onTestFinished(() => rmSync(CDK_OUTDIR, { recursive: true }));
  const { code, stdout, stderr } = await runExample('deploy-cdk', { env: { CDK_OUTDIR } }).ended();

  expect(code, stderr).toBe(0);
  const [shown] = blocksOf('examples/deploy-cdk/README.md').filter(({ language }) => language === 'text');
  expect(stdout.match(/^AWS::.*$/gm)).toEqual(shown?.code.trim().split('\n'));

  const template = readFileSync(join(CDK_OUTDIR, 'Invoices.template.json'), 'utf8');
  const { Resources } = JSON.parse(template) as { Resources: Record<string, Resource> };
  const only = (type: string): [string, Resource] => {
    const found = Object.entries(Resources).filter(([, { Type }]) => Type === type);
    expect(found).toHaveLength(1);
    return found[0] as [string, Resource];
  };
  const [queue, { Properties: queueProperties }] = only('AWS::SQS::Queue');
  const [functionId, { Properties: functionProperties }] = only('AWS::Lambda::Function');
  const [table] = only('AWS::DynamoDB::GlobalTable');
  const [mapping, { Properties: mappingProperties }] = only('AWS::Lambda::EventSourceMapping');
  const { properties } = eventSourceMapping(handler, {
    startingPosition: 'TRIM_HORIZON',
    batchSize: 1000,
    metricsConfig: { metrics: ['EventCount'] },
    destinationConfig: { onFailure: { destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
  });
  expect(mappingProperties).toEqual({
    ...properties,
    EventSourceArn: { 'Fn::GetAtt': [table, 'StreamArn'] },
    FunctionName: { Ref: functionId },
  });
  expect(properties).toHaveProperty(
    'FilterCriteria.Filters[0].Pattern',
    expect.stringContaining('["OPEN","PAID"]'),
  );
  expect(queueProperties).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
  expect(functionProperties).toMatchObject({
    Runtime: 'nodejs24.x',
    Environment: { Variables: { PAYMENTS_TOPIC_ARN: { Ref: expect.stringMatching(/^Payments/) } } },
  });
  expect(JSON.stringify(only('AWS::IAM::Policy')[1])).toMatch(
    /dynamodb:GetRecords.*sqs:SendMessage.*"sns:Publish","Effect":"Allow","Resource":\{"Ref":"Payments/,
  );
  const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Operations/) }]);
  }
  expect(alarms[2]?.Properties).toMatchObject({
    MetricName: 'DroppedEventCount',
    Dimensions: [{ Name: 'EventSourceMappingUUID', Value: { Ref: mapping } }],
  });
});

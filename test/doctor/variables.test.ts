import { expect, test } from 'vitest';
import { env } from '../../src/options/env.ts';
import { streamRouter } from '../../src/router/router.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { examiner, told, unknown } from './examine.ts';
import { ACCOUNT, QUEUE_ARN, REGION, TOPIC_ARN, type World } from './fake-aws/world.ts';

// In a file of its own: env() notes every name of the process.
const examine = examiner();

const exports = {
  payments: snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') }),
  letters: sqsQueue({ queueUrl: env('LETTERS_QUEUE_URL') }),
  bus: eventBus({ eventBusName: env('BUS'), source: 'invoices' }),
  copies: tableWriter({ tableName: env('COPIES'), keys: ['id'] }),
  archive: bucketWriter({ bucket: env('ARCHIVE'), prefix: env('PREFIX') }),
  ofLambda: snsTopic({ topicArn: env('AWS_LAMBDA_FUNCTION_NAME') }),
  handler: () => {},
};
env('HIDDEN_TOPIC_ARN');

const router = streamRouter({ logger: false }).onInsert(async () => {});

const ALL = {
  PAYMENTS_TOPIC_ARN: TOPIC_ARN,
  LETTERS_QUEUE_URL: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/letters`,
  BUS: 'changes',
  COPIES: 'InvoicesCopy',
  ARCHIVE: 'archive',
  PREFIX: 'deleted/',
  HIDDEN_TOPIC_ARN: `${TOPIC_ARN}-hidden`,
};

function withVariables(variables: object, forbidden: readonly string[] = []): (world: World) => void {
  return (world) => {
    Object.assign(world.functions['on-invoice']?.configuration as object, {
      Environment: { Variables: variables },
    });
    world.forbidden.push(...forbidden);
  };
}

test('with all variables that env() names, nothing is found', async () => {
  const diagnosis = await examine({ change: withVariables(ALL), router, exports });
  expect(told(diagnosis)).toEqual([]);
  expect(unknown(diagnosis)).toEqual([]);
});

test.each([
  ['not there', { ...ALL, PREFIX: undefined }, ['PREFIX']],
  ['empty', { ...ALL, BUS: '' }, ['BUS']],
  ['all missing', {}, Object.keys(ALL).sort()],
])('a variable that is %s is named, and no value is', async (_how, variables, missing) => {
  const diagnosis = await examine({ change: withVariables(variables), router, exports });
  expect(told(diagnosis)).toEqual(['error VARIABLE_NOT_SET']);
  expect(diagnosis.findings[0]?.is).toBe(`The function has no ${missing.join(', ')}.`);
  expect(JSON.stringify(diagnosis)).not.toContain('InvoicesCopy');
});

test('variables that AWS cannot show are not taken for missing ones', async () => {
  const diagnosis = await examine({
    change: ({ functions }) =>
      Object.assign(functions['on-invoice']?.configuration as object, {
        Environment: { Error: { ErrorCode: 'AccessDeniedException' } },
      }),
    router,
    exports,
  });
  expect(told(diagnosis)).toEqual([]);
  expect(unknown(diagnosis)).toEqual([
    'VARIABLE_NOT_SET: AWS cannot show the variables: AccessDeniedException',
  ]);
});

test.each([
  ['sns:Publish', [TOPIC_ARN, `${TOPIC_ARN}-hidden`]],
  ['sqs:SendMessage', [QUEUE_ARN, QUEUE_ARN.replace('failed', 'letters')]],
  ['events:PutEvents', [`arn:aws:events:${REGION}:${ACCOUNT}:event-bus/changes`]],
  ['dynamodb:BatchWriteItem', [`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/InvoicesCopy`]],
  ['s3:PutObject', ['arn:aws:s3:::archive/deleted/*']],
])('the finding about a role without %s names the targets that need it', async (action, resources) => {
  const diagnosis = await examine({ change: withVariables(ALL, [action]), router, exports });
  expect(diagnosis.findings.map(({ code, is }) => `${code} ${is}`)).toEqual(
    resources.map((resource) => `PERMISSION_MISSING The role is not allowed ${action} on ${resource}.`),
  );
});

test('targets with an ARN need no variable', async () => {
  const own = {
    bus: eventBus({ eventBusName: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/own`, source: 'invoices' }),
    copies: tableWriter({ tableName: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Own`, keys: ['id'] }),
    point: bucketWriter({ bucket: `arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/own` }),
    local: sqsQueue({ queueUrl: 'http://127.0.0.1:9324/000000000000/local' }),
    named: snsTopic({ topicArn: env('HIDDEN_TOPIC_ARN') }),
    odd: snsTopic({ topicArn: env('BUS') }),
  };
  const forbidden = ['events:PutEvents', 'dynamodb:BatchWriteItem', 's3:PutObject', 'sns:Publish'];
  const diagnosis = await examine({ change: withVariables(ALL, forbidden), router, exports: own });
  expect(diagnosis.findings.map(({ is }) => is)).toEqual(
    [
      ['events:PutEvents', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/own`],
      ['dynamodb:BatchWriteItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Own`],
      ['s3:PutObject', `arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/own/object/*`],
      ['sns:Publish', `${TOPIC_ARN}-hidden`],
      ['sns:Publish', TOPIC_ARN],
    ].map(([action, resource]) => `The role is not allowed ${action} on ${resource}.`),
  );
});

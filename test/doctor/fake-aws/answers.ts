import { ACCOUNT, REGION, type World } from './world.ts';

/** Parameters of a call, as the protocol carries them: text in a path or a form, values in JSON. */
export type Input = Readonly<Record<string, unknown>>;

/** An answer that is an error. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** The answers of AWS to each call, by the world. */
export const ANSWERS: Readonly<Record<string, (world: World, input: Input) => unknown>> = {
  GetFunctionConfiguration({ functions }, { FunctionName, Qualifier }) {
    const found = functions[`${FunctionName}`];
    const configuration = Qualifier === undefined ? found?.configuration : found?.qualified?.[`${Qualifier}`];
    return configuration ?? refuse(404, 'ResourceNotFoundException');
  },
  GetFunctionConcurrency({ functions }, { FunctionName }) {
    const found = functions[`${FunctionName}`] ?? refuse(404, 'ResourceNotFoundException');
    return { ReservedConcurrentExecutions: found.reservedConcurrency };
  },
  ListAliases({ functions }, { FunctionName, Marker }) {
    const { aliases = [] } = functions[`${FunctionName}`] ?? refuse(404, 'ResourceNotFoundException');
    const { items, next } = page(aliases, Marker, 2);
    return { Aliases: items.map((Name) => ({ Name, FunctionVersion: '1' })), NextMarker: next };
  },
  // With a name: the mappings of exactly that. AWS does not say whether those of its aliases are among them.
  ListEventSourceMappings({ mappings }, { FunctionName, Marker }) {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`;
    const listed = mappings.filter(({ FunctionArn }) => FunctionName === undefined || FunctionArn === arn);
    const { items, next } = page(listed, Marker, 100);
    return { EventSourceMappings: items, NextMarker: next };
  },
  DescribeTable({ tables }, { TableName }) {
    return { Table: tables[`${TableName}`] ?? refuse(400, 'ResourceNotFoundException') };
  },
  DescribeStream({ streams }, { StreamArn, ExclusiveStartShardId }) {
    const description = streams[`${StreamArn}`] ?? refuse(400, 'ResourceNotFoundException');
    const shards = description.Shards ?? [];
    const from = 1 + shards.findIndex(({ ShardId }) => ShardId === ExclusiveStartShardId);
    const Shards = shards.slice(from, from + 100);
    const LastEvaluatedShardId = from + 100 < shards.length ? Shards.at(-1)?.ShardId : undefined;
    return { StreamDescription: { ...description, Shards, LastEvaluatedShardId } };
  },
  GetQueueUrl({ queues }, { QueueName, QueueOwnerAWSAccountId }) {
    const arn = Object.keys(queues).find((one) => one.endsWith(`:${QueueOwnerAWSAccountId}:${QueueName}`));
    if (arn === undefined) refuse(400, 'QueueDoesNotExist');
    return { QueueUrl: `https://sqs.${REGION}.amazonaws.com/${QueueOwnerAWSAccountId}/${QueueName}` };
  },
  GetQueueAttributes({ queues }, { QueueUrl }) {
    const [account, name] = new URL(`${QueueUrl}`).pathname.slice(1).split('/');
    const arn = Object.keys(queues).find((one) => one.endsWith(`:${account}:${name}`)) as string;
    return { Attributes: queues[arn] };
  },
  GetTopicAttributes({ topics }, { TopicArn }) {
    return { Attributes: topics[`${TopicArn}`] ?? refuse(404, 'NotFound') };
  },
  HeadBucket({ buckets }, { Bucket }) {
    return buckets.includes(`${Bucket}`) ? {} : refuse(404, 'NotFound');
  },
  SimulatePrincipalPolicy({ forbidden, conditional }, input) {
    const { items: actions, next } = page(members(input, 'ActionNames'), input.Marker, 2);
    const [resource] = members(input, 'ResourceArns');
    return {
      IsTruncated: next !== undefined,
      Marker: next,
      EvaluationResults: actions.map((EvalActionName) => ({
        EvalActionName,
        EvalResourceName: resource,
        EvalDecision: [...forbidden, ...conditional].includes(EvalActionName) ? 'implicitDeny' : 'allowed',
        MissingContextValues: conditional.includes(EvalActionName) ? ['aws:PrincipalTag/team'] : [],
      })),
    };
  },
  DescribeAlarms({ alarms }, { NextToken }) {
    const { items, next } = page(alarms, NextToken, 100);
    return { MetricAlarms: items, NextToken: next };
  },
  GetMetricData({ metrics }, { MetricDataQueries }) {
    const queries = MetricDataQueries as { Id: string; MetricStat: { Metric: { MetricName: string } } }[];
    return {
      MetricDataResults: queries.map(({ Id, MetricStat }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps: (metrics[MetricStat.Metric.MetricName] ?? []).map(() => new Date(0)),
        Values: metrics[MetricStat.Metric.MetricName] ?? [],
      })),
    };
  },
};

function refuse(status: number, code: string): never {
  throw new Refusal(status, code);
}

function page<T>(all: readonly T[], marker: unknown, size: number): { items: T[]; next: string | undefined } {
  const from = Number(marker ?? 0);
  return {
    items: all.slice(from, from + size),
    next: from + size < all.length ? `${from + size}` : undefined,
  };
}

/** `ActionNames.member.1=...`, as forms carry lists. */
function members(input: Input, name: string): readonly string[] {
  return Object.entries(input)
    .filter(([key]) => key.startsWith(`${name}.member.`))
    .map(([, value]) => `${value}`);
}

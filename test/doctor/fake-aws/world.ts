import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import type { EventSourceMappingConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';

/** The deployment in the account of the fake. A test takes {@link healthy} and changes one thing. */
export interface World {
  functions: Record<string, DeployedFunctionOfWorld>;
  mappings: EventSourceMappingConfiguration[];
  /** By the ARN of the table. */
  tables: Record<string, TableDescription>;
  /** By the ARN of the stream. */
  streams: Record<string, StreamDescription>;
  /** Attributes by ARN. */
  queues: Record<string, Record<string, string>>;
  topics: Record<string, Record<string, string>>;
  buckets: string[];
  /** Actions that the role is not allowed: `sqs:SendMessage`. */
  forbidden: string[];
  /** Actions that a condition decides. */
  conditional: string[];
  alarms: MetricAlarm[];
  /** The values of the function's metrics. */
  metrics: Record<string, number[]>;
}

interface DeployedFunctionOfWorld {
  configuration: FunctionConfiguration;
  /** By alias or version. */
  qualified?: Record<string, FunctionConfiguration>;
  aliases?: string[];
  reservedConcurrency?: number;
}

export const REGION = 'eu-central-1';
export const ACCOUNT = '111122223333';
export const FUNCTION_ARN: string = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:on-invoice`;
export const TABLE_ARN: string = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Invoices`;
export const STREAM_ARN: string = `${TABLE_ARN}/stream/2026-01-01T00:00:00.000`;
export const QUEUE_ARN: string = `arn:aws:sqs:${REGION}:${ACCOUNT}:failed`;
export const TOPIC_ARN: string = `arn:aws:sns:${REGION}:${ACCOUNT}:failures`;
export const ROLE_ARN: string = `arn:aws:iam::${ACCOUNT}:role/on-invoice`;
export const UUID = 'a1b2c3d4-5678-90ab-cdef-11111example';

/** A function behind a stream with nothing to find. */
export function healthy(): World {
  return {
    functions: {
      'on-invoice': {
        configuration: configuration(FUNCTION_ARN),
      },
    },
    mappings: [mapping()],
    tables: {
      [TABLE_ARN]: {
        TableName: 'Invoices',
        TableArn: TABLE_ARN,
        TableStatus: 'ACTIVE',
        KeySchema: KEYS.map((key) => ({ ...key })),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        LatestStreamArn: STREAM_ARN,
        LatestStreamLabel: '2026-01-01T00:00:00.000',
      },
    },
    streams: { [STREAM_ARN]: stream(STREAM_ARN) },
    queues: {
      [QUEUE_ARN]: {
        QueueArn: QUEUE_ARN,
        MessageRetentionPeriod: '1209600',
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesDelayed: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
      },
    },
    topics: { [TOPIC_ARN]: { TopicArn: TOPIC_ARN, SubscriptionsConfirmed: '1' } },
    buckets: ['failures'],
    forbidden: [],
    conditional: [],
    alarms: [alarm()],
    metrics: { IteratorAge: [800, 1200], Duration: [250, 900] },
  };
}

const KEYS = [
  { AttributeName: 'customerId', KeyType: 'HASH' },
  { AttributeName: 'invoiceId', KeyType: 'RANGE' },
] as const;

export function configuration(arn: string): FunctionConfiguration {
  return {
    FunctionName: 'on-invoice',
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Role: ROLE_ARN,
    Handler: 'handler.handler',
    Timeout: 60,
    MemorySize: 512,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: { Variables: { STAGE: 'production' } },
    PackageType: 'Zip',
  };
}

export function mapping(): EventSourceMappingConfiguration {
  return {
    UUID,
    EventSourceMappingArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${UUID}`,
    FunctionArn: FUNCTION_ARN,
    EventSourceArn: STREAM_ARN,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 1,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: 43_200,
    BisectBatchOnFunctionError: true,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    State: 'Enabled',
    StateTransitionReason: 'User action',
    LastProcessingResult: 'OK',
    LastModified: new Date('2026-03-01T12:00:00Z'),
  };
}

export function stream(StreamArn: string, openShards = 2): StreamDescription {
  const open = Array.from({ length: openShards }, (_, index) => ({
    ShardId: `shardId-0000000${index + 1}`,
    ParentShardId: 'shardId-00000000',
    SequenceNumberRange: { StartingSequenceNumber: `${index + 200}00000000000000000001` },
  }));
  const closed = {
    ShardId: 'shardId-00000000',
    SequenceNumberRange: {
      StartingSequenceNumber: '100000000000000000001',
      EndingSequenceNumber: '199000000000000000001',
    },
  };
  return {
    StreamArn,
    StreamLabel: StreamArn.split('/stream/')[1],
    StreamStatus: 'ENABLED',
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    TableName: StreamArn.split('/')[1],
    KeySchema: KEYS.map((key) => ({ ...key })),
    CreationRequestDateTime: new Date('2026-01-01T00:00:00Z'),
    Shards: [closed, ...open],
  };
}

function alarm(): MetricAlarm {
  return {
    AlarmName: 'late',
    Namespace: 'AWS/Lambda',
    MetricName: 'IteratorAge',
    Dimensions: [{ Name: 'FunctionName', Value: 'on-invoice' }],
    ActionsEnabled: true,
    AlarmActions: [TOPIC_ARN],
    Threshold: 900_000,
  };
}

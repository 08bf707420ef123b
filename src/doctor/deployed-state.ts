import type { StreamViewType } from '../record/view-type.ts';
import type { Part } from './part.ts';

/**
 * A function and what stands before and behind it, as AWS describes them. Plain data: the findings are made of it alone.
 *
 * A part that could not be read says why. `undefined` in a part that was read means that AWS has no such thing.
 */
export interface DeployedState {
  /** The name of the function, without account, Region and qualifier. */
  readonly functionName: string;
  /** Of when the state is. */
  readonly readAt: Date;
  /** Those of DynamoDB streams that invoke the function, its aliases or its versions. */
  readonly mappings: Part<readonly DeployedMapping[]>;
  /** Why mappings may be missing in `mappings`: a clause. Undefined: none is. */
  readonly unlisted: string | undefined;
  /** Why other mappings may take executions of the function: a clause. Undefined: there are none. */
  readonly otherExecutions: string | undefined;
  /** `undefined`: nothing is reserved. */
  readonly reservedConcurrency: Part<number | undefined>;
  /** The alarms on a metric of the function. */
  readonly alarms: Part<readonly DeployedAlarm[]>;
  readonly metrics: Part<DeployedMetrics>;
}

/** An event source mapping. The options have AWS's defaults where AWS leaves them out. */
export interface DeployedMapping {
  readonly uuid: string;
  /** With the qualifier, if there is one. */
  readonly functionArn: string;
  /** An alias or a version. `undefined`: the mapping invokes the unpublished code. */
  readonly qualifier: string | undefined;
  readonly streamArn: string;
  /** `Enabled`, `Disabled`, or a state between. */
  readonly state: string;
  readonly stateReason: string | undefined;
  readonly lastResult: string | undefined;
  readonly lastModified: Date | undefined;
  readonly startingPosition: string | undefined;
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds: number;
  readonly parallelizationFactor: number;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeInSeconds: number;
  readonly bisectBatchOnFunctionError: boolean;
  readonly tumblingWindowInSeconds: number;
  readonly functionResponseTypes: readonly string[];
  /** Patterns as JSON. Empty: every record passes. */
  readonly filters: Part<readonly string[]>;
  /** ARN, or the address of a Kafka topic. */
  readonly destination: string | undefined;
  readonly onSuccess: string | undefined;
  /** Names of options that AWS keeps and that belong to other event sources. */
  readonly foreignOptions: readonly string[];

  /** The configuration of the alias or version that the mapping invokes. */
  readonly code: Part<DeployedFunction>;
  /** AWS says that there is no such alias or version. */
  readonly isCodeMissing: boolean;
  /** `undefined`: there is no such stream. */
  readonly stream: Part<DeployedStream | undefined>;
  /** `undefined`: there is no such table. */
  readonly table: Part<DeployedTable | undefined>;
  /** `undefined`: the destination does not exist. Not read where there is none, or it is of a wrong kind. */
  readonly target: Part<DeployedTarget | undefined>;
  /** Other mappings of the same stream: the functions that they invoke. */
  readonly otherReaders: Part<readonly string[]>;
  /** The role's answers for what the mapping needs, and what the code sends to. */
  readonly permissions: Part<readonly DeployedPermission[]>;
}

/** The configuration of a version of the function. */
export interface DeployedFunction {
  /** Undefined for a container image. */
  readonly runtime: string | undefined;
  readonly timeoutSeconds: number;
  readonly memoryMB: number;
  readonly role: string | undefined;
  /** Names and values of variables. Values stay out of findings. */
  readonly environment: Part<Readonly<Record<string, string>>>;
  /** `Active`, or a state in which it cannot be invoked. */
  readonly state: string | undefined;
  readonly stateReason: string | undefined;
  readonly lastUpdateStatus: string | undefined;
  readonly isolatesTenants: boolean;
}

export interface DeployedStream {
  /** `ENABLED`, `ENABLING`, `DISABLING` or `DISABLED`. */
  readonly status: string;
  readonly viewType: StreamViewType;
  /** Partition key first. */
  readonly keys: readonly string[];
  /** All that the stream still describes, open and closed. */
  readonly shards: readonly { readonly id: string; readonly isOpen: boolean }[];
}

export interface DeployedTable {
  /** Undefined: no stream was ever enabled. */
  readonly latestStreamArn: string | undefined;
  readonly isStreamEnabled: boolean;
  /** Replicas in other Regions read the stream as well. */
  readonly isGlobal: boolean;
}

/** The resource behind the ARN of a destination. */
export type DeployedTarget = DeployedQueue | DeployedTopic | DeployedBucket;

export interface DeployedQueue {
  readonly kind: 'sqs';
  readonly url: string;
  readonly retentionSeconds: number;
  /** About how many: those that wait, are delayed or are in flight. */
  readonly messages: number;
  /** It has a policy of its own, which may allow what the role does not. */
  readonly hasPolicy: boolean;
}

export interface DeployedTopic {
  readonly kind: 'sns';
  readonly subscriptions: number;
  readonly hasPolicy: boolean;
}

export interface DeployedBucket {
  readonly kind: 's3';
}

/** IAM's answer for one action of the role. */
export interface DeployedPermission {
  readonly action: string;
  readonly resource: string;
  /** Its user: `the mapping`, `its destination`, or a sink. */
  readonly neededBy: string;
  /** `unknown`: the policies have conditions that cannot be decided here. */
  readonly decision: 'allowed' | 'denied' | 'unknown';
}

export interface DeployedAlarm {
  readonly name: string;
  readonly metric: string;
  readonly hasAction: boolean;
}

/** Metrics of the last hours. `undefined`: CloudWatch has no data. */
export interface DeployedMetrics {
  /** The highest of the last 15 minutes, in milliseconds. */
  readonly iteratorAgeMs: number | undefined;
  /** The highest of the last 24 hours, in milliseconds. */
  readonly durationMs: number | undefined;
}

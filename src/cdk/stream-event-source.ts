import { createHash } from 'node:crypto';
import { Annotations, Names, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  CfnEventSourceMapping,
  type CfnEventSourceMappingProps,
  type IEventSource,
  type IFunction,
  type StartingPosition as LambdaStartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { metadataOf, type RoutedHandler } from '../batch/handler-metadata.ts';
import { ConfigurationError } from '../errors.ts';
import { eventSourceMapping } from '../mapping/event-source-mapping.ts';
import type { StartingPosition } from '../mapping/options.ts';
import type { RouterMapping, RouterMappingOptions } from '../mapping/router-mapping.ts';
import { isMembers } from '../options/check.ts';
import { requireOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { carries, type StreamViewType } from '../record/view-type.ts';

/**
 * A table of the CDK: `Table`, `TableV2`, or one that is imported. Not `ITable`, which neither class implements
 * under `exactOptionalPropertyTypes`.
 */
export interface StreamTable extends IConstruct {
  /** Undefined without a stream. */
  readonly tableStreamArn?: string | undefined;
  /** Lets a function read the table's stream. */
  grantStreamRead(grantee: IGrantable): Grant;
}

/** Where the records come from: a table with a stream, or the ARN of a stream. */
export type StreamSource = StreamTable | string;

/** Where Lambda sends details of discarded records: a standard queue, a standard topic or a bucket. */
export type FailureDestination = IQueue | ITopic | Pick<IBucket, 'bucketArn' | 'grantPut'>;

/** The options of {@link StreamEventSource}: a router, and those of `eventSourceMapping`. */
export interface StreamEventSourceProps
  extends Omit<RouterMappingOptions, 'destinationConfig' | 'startingPosition'> {
  /** The router or window that the function exports as its handler, or wraps in it. Its routes decide the filters. */
  readonly router: RoutedHandler;
  /** Where reading starts: at the oldest record, or behind the newest. */
  readonly startingPosition:
    | StartingPosition
    | LambdaStartingPosition.TRIM_HORIZON
    | LambdaStartingPosition.LATEST;
  /**
   * Where Lambda sends details of discarded records. The function gets the permission to send there.
   *
   * @defaultValue nowhere, with a warning
   */
  readonly onFailure?: FailureDestination;
}

const OWNER = 'StreamEventSource';

/**
 * Connects a function to a DynamoDB stream, by the mapping that `eventSourceMapping` derives from the router.
 *
 * - The function may read the stream, and send to `onFailure`.
 * - Warnings of the mapping become warnings of the CDK, with ids such as `streamlane/cdk:NO_DESTINATION`.
 * - The resource keeps the logical id that CDK's `DynamoEventSource` gives it for the same table. So it can take that one's
 *   place, and the deployed mapping is updated in its place in the stream.
 *
 * The router takes no further routes or middleware afterwards.
 *
 * @throws ConfigurationError `INVALID_HANDLER`, `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN`; `STREAM_NOT_FOUND` for a
 *   table without a stream; `VIEW_TYPE_MISMATCH` for a stream that carries less than the router declares
 * @example
 * ```ts
 * onChange.addEventSource(new StreamEventSource(table, { router: handler, startingPosition: 'TRIM_HORIZON', onFailure: queue }));
 * ```
 */
export class StreamEventSource implements IEventSource {
  /** The deployed mapping. Pass its `options` to `deliver` or `startEventSourceMapping` to test with it. */
  readonly mapping: RouterMapping;
  readonly #source: StreamSource;
  readonly #onFailure: FailureDestination | undefined;
  #bound: CfnEventSourceMapping | undefined;

  constructor(tableOrStreamArn: StreamSource, props: StreamEventSourceProps) {
    requireOptions(OWNER, props);
    const { router, onFailure, ...options } = props;
    if ('destinationConfig' in options) {
      throw invalidOption(
        OWNER,
        'destinationConfig',
        'is not an option here. Pass the queue, topic or bucket as onFailure, so that the function gets the permission.',
      );
    }
    const destination = onFailure === undefined ? undefined : arnOf(onFailure);
    this.mapping = eventSourceMapping(router, {
      ...(options as RouterMappingOptions),
      ...(destination !== undefined && { destinationConfig: { onFailure: { destination } } }),
    });
    checkStream(tableOrStreamArn, router);
    this.#source = tableOrStreamArn;
    this.#onFailure = onFailure;
  }

  /** Adds the mapping to a function, with its permissions. `addEventSource` of the function calls it. */
  bind(target: IFunction): void {
    const scope = new Construct(target, idOf(this.#source, target));
    this.#bound = new CfnEventSourceMapping(scope, 'Resource', {
      ...(inLowerCamelCase(this.mapping.properties) as CfnEventSourceMappingProps),
      eventSourceArn: streamArnOf(this.#source),
      functionName: target.functionName,
    });
    grantStreamRead(this.#source, target).applyBefore(scope);
    if (this.#onFailure !== undefined) grantSend(this.#onFailure, target).applyBefore(scope);
    for (const { code, message } of this.mapping.warnings) {
      Annotations.of(scope).addWarningV2(`streamlane/cdk:${code}`, message);
    }
  }

  /** The UUID of the mapping. It is the dimension `EventSourceMappingUUID` of the mapping's metrics. */
  get eventSourceMappingId(): string {
    return this.#resource.ref;
  }

  /** The ARN of the mapping. */
  get eventSourceMappingArn(): string {
    return this.#resource.attrEventSourceMappingArn;
  }

  get #resource(): CfnEventSourceMapping {
    if (this.#bound !== undefined) return this.#bound;
    throw invalidOption(
      OWNER,
      undefined,
      'the mapping has no id, because it has no function yet. Pass the event source to addEventSource of a function first.',
    );
  }
}

/** Each kind of destination has its ARN under a name of its own. */
function arnOf(destination: FailureDestination): string {
  if (isMembers(destination)) {
    const { queueArn, topicArn, bucketArn, fifo } = destination as {
      readonly [name in 'queueArn' | 'topicArn' | 'bucketArn' | 'fifo']?: unknown;
    };
    if (fifo === true) {
      throw invalidOption(OWNER, 'onFailure', 'has to be a standard queue or topic, got a FIFO one.');
    }
    for (const arn of [queueArn, topicArn, bucketArn]) if (typeof arn === 'string') return arn;
  }
  throw invalidOption(
    OWNER,
    'onFailure',
    'has to be a queue, a topic or a bucket of the CDK. For one that exists already, use Queue.fromQueueArn, ' +
      'Topic.fromTopicArn or Bucket.fromBucketArn.',
  );
}

/** Refuses what cannot work once it is deployed. */
function checkStream(source: StreamSource, router: RoutedHandler): void {
  const given: unknown = source;
  if (typeof given === 'string' && given !== '') return;
  if (!isMembers(given)) {
    throw invalidOption(OWNER, undefined, 'the first argument has to be a table, or the ARN of a stream.');
  }
  const table = given as StreamTable;
  const actual = viewTypeOf(table);
  // A TableV2 of this app has an ARN for a stream that it does not have.
  if (table.tableStreamArn === undefined || actual === 'none') {
    throw new ConfigurationError(
      'STREAM_NOT_FOUND',
      'the table has no stream. Set stream (dynamoStream of a TableV2) to a StreamViewType; for an imported table, ' +
        'pass tableStreamArn.',
      { owner: OWNER },
    );
  }
  // eventSourceMapping has refused what carries no metadata.
  const { viewType: declared } = (metadataOf(router) as NonNullable<ReturnType<typeof metadataOf>>).settings;
  if (actual === undefined || carries(actual, declared)) return;
  throw new ConfigurationError(
    'VIEW_TYPE_MISMATCH',
    `the table's stream has view type ${actual}, and the router declares ${declared}. ` +
      `Give the table a stream with ${declared}, or declare viewType: '${actual}'.`,
    { owner: OWNER },
  );
}

/** The view type that a table of this app has; 'none' for one without a stream. Undefined for a table that is imported. */
function viewTypeOf(table: StreamTable): StreamViewType | 'none' | undefined {
  const resource = table.node.defaultChild as { readonly streamSpecification?: unknown } | undefined;
  if (resource === undefined) return undefined;
  const specification: { readonly streamViewType: StreamViewType } | undefined = Stack.of(table).resolve(
    resource.streamSpecification,
  );
  return specification === undefined ? 'none' : specification.streamViewType;
}

/** The arguments of `CfnEventSourceMapping` have the names of its properties, with a small first letter. */
function inLowerCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCamelCase);
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      inLowerCamelCase(member),
    ]),
  );
}

function streamArnOf(source: StreamSource): string {
  return typeof source === 'string' ? source : (source.tableStreamArn as string);
}

/** As CDK's `DynamoEventSource` names its construct. */
function idOf(source: StreamSource, target: IFunction): string {
  if (typeof source !== 'string') return `DynamoDBEventSource:${Names.nodeUniqueId(source.node)}`;
  const resolved = JSON.stringify(Stack.of(target).resolve(source));
  return `DynamoDBEventSource:${createHash('sha256').update(resolved).digest('hex').slice(0, 8)}`;
}

function grantStreamRead(source: StreamSource, grantee: IFunction): Grant {
  if (typeof source !== 'string') return source.grantStreamRead(grantee);
  // ListStreams cannot be limited to one stream.
  return Grant.addToPrincipal({ grantee, actions: ['dynamodb:ListStreams'], resourceArns: ['*'] }).combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resourceArns: [source],
    }),
  );
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
function grantSend(destination: FailureDestination, grantee: IFunction): Grant {
  if ('queueArn' in destination) return destination.grantSendMessages(grantee);
  if ('topicArn' in destination) return destination.grantPublish(grantee);
  return destination.grantPut(grantee).combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [destination.bucketArn],
    }),
  );
}

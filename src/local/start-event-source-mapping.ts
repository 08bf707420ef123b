import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { OWN_CLIENT_SETTINGS, OwnClients } from '../aws-clients/own-clients.ts';
import { ConfigurationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { newestStreamOf } from '../stream/newest-stream.ts';
import { adapterFor } from '../stream/records/emulator-quirks.ts';
import { isNotFound, type StreamDescription, StreamSource } from '../stream/stream-source.ts';
import { streamsModule } from '../stream/streams-module.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { DeliveryControl } from './delivery/delivery-control.ts';
import { RecursiveLoopDetector } from './delivery/recursive-loop.ts';
import { openDestination } from './destinations/on-failure.ts';
import {
  type LastProcessingResult,
  type LocalEventSourceMapping,
  LocalMapping,
} from './event-source-mapping.ts';
import { resolveHandler } from './handler/resolve-handler.ts';
import { type LocalMappingOptions, type LocalSettings, localSettings, OWNER } from './local-options.ts';
import { logEvents } from './log-events.ts';
import { MappingEmitter } from './mapping-events.ts';
import { retryAtStart } from './retry-at-start.ts';
import { registerMapping } from './running-mappings.ts';
import { ShardPositions } from './shards/positions.ts';
import type { ShardTools } from './shards/shard-worker.ts';
import { StreamSession } from './shards/stream-session.ts';
import { emptyTally } from './statistics.ts';

/**
 * Runs an event source mapping between a DynamoDB stream and a function, with the semantics of AWS: batches,
 * retries, bisect, partial responses, record age, filters, parallelization and on-failure destinations.
 *
 * The stream may be that of any server with the API: Dynoxide, DynamoDB Local, LocalStack or AWS itself. Records
 * arrive in order per shard (per item with `parallelizationFactor`) and at least once.
 *
 * @returns the mapping, once it reads: later changes are delivered, with `LATEST` too
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN`, `INVALID_HANDLER`,
 * `MISSING_PEER`, `STREAM_NOT_FOUND`, `INVALID_CHECKPOINT_FILE` or `MAPPING_CONFLICT`; whatever the SDK throws
 * when the stream cannot be described. Throttling, errors of the server and broken connections are first tried again for 30 seconds
 * @example
 * ```ts
 * const mapping = await startEventSourceMapping({
 *   tableName: 'Invoices',
 *   handler: 'src/handler.ts#handler',
 *   startingPosition: 'TRIM_HORIZON',
 *   functionResponseTypes: ['ReportBatchItemFailures'],
 * });
 * mapping.on('checkpoint', ({ shardId, sequenceNumber }) => console.log(shardId, sequenceNumber));
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function startEventSourceMapping(options: LocalMappingOptions): Promise<LocalEventSourceMapping> {
  return startControlledMapping(options, new DeliveryControl());
}

/** @internal Starts a mapping like {@link startEventSourceMapping}, with commands for its deliveries. */
export async function startControlledMapping(
  options: LocalMappingOptions,
  control: DeliveryControl,
): Promise<LocalEventSourceMapping> {
  const settings = localSettings(options);
  const { DynamoDBStreamsClient } = await streamsModule();
  const own = new OwnClients();
  const file = options.checkpointFile === undefined ? undefined : resolve(options.checkpointFile);
  let release = (): void => {};
  let checkpoints: CheckpointFile | undefined;
  const end = (): void => {
    checkpoints?.release();
    release();
    own.destroy();
  };
  try {
    const client =
      options.client ?? own.keep(new DynamoDBStreamsClient(clientOptions(options, options.endpoint)));
    const streamArn =
      options.streamArn ?? (await newestStream(options.tableName as string, client, settings.logger));
    release = registerMapping(streamArn, options.handler, file);
    checkpoints = file === undefined ? undefined : new CheckpointFile(file, streamArn);
    checkpoints?.lock();
    const mapping = await start({ options, settings, client, streamArn, file, checkpoints, own, control });
    mapping.ended.then(end);
    return mapping;
  } catch (error) {
    end();
    throw error;
  }
}

interface Start {
  readonly options: LocalMappingOptions;
  readonly settings: LocalSettings;
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly file: string | undefined;
  readonly checkpoints: CheckpointFile | undefined;
  readonly own: OwnClients;
  readonly control: DeliveryControl;
}

async function start({
  options,
  settings,
  client,
  streamArn,
  file,
  checkpoints,
  own,
  control,
}: Start): Promise<LocalMapping> {
  const { mapping: aws, logger } = settings;
  for (const { code, message } of aws.filter?.warnings ?? []) {
    logger.warn(`filterCriteria: ${message}`, { code, streamArn });
  }
  const uuid = randomUUID();
  const emitter = new MappingEmitter(logger);
  const tally = emptyTally();
  const recursiveLoop = new RecursiveLoopDetector({
    now: Date.now,
    onFound: (event) => emitter.tell('recursiveLoop', event),
  });
  const source = new StreamSource(client, streamArn, (operation, error, delayMs) =>
    emitter.tell('problem', { operation, error, delayMs }),
  );
  logEvents({
    emitter,
    logger,
    streamArn,
    handler: typeof options.handler === 'string' ? options.handler : `The function ${settings.functionName}`,
    hasDestination: aws.onFailure !== undefined,
  });
  const description = await describe(source, streamArn);
  const region = options.region ?? (await client.config.region());
  const adapter = adapterFor({ streamArn, region, createdAt: description.createdAt });
  const account = streamArn.split(':')[4] as string;
  const { invoke, functionArn } = await resolveHandler({
    handler: options.handler,
    identity: {
      functionName: settings.functionName,
      functionArn: `arn:aws:lambda:${region}:${account}:function:${settings.functionName}`,
      timeoutMs: settings.timeoutMs,
      memoryLimitInMB: settings.memoryLimitInMB,
    },
    lambdaClient: options.lambdaClient,
    clientOptions: clientOptions(options, undefined),
    own,
  });
  let lastProcessingResult: LastProcessingResult = 'No records processed';
  const tools: ShardTools = {
    adapter,
    batchSize: aws.batchSize,
    windowMs: aws.maximumBatchingWindowInSeconds * 1000,
    tumblingWindowInSeconds: aws.tumblingWindowInSeconds,
    closeIdleWindowAfterSeconds: settings.closeIdleWindowAfterSeconds,
    parallelizationFactor: aws.parallelizationFactor,
    matches: (record) => aws.filter?.passes(record) ?? true,
    delivery: {
      streamArn: adapter.eventSourceArn,
      invoke,
      sendOnFailure:
        aws.onFailure &&
        (await openDestination(aws.onFailure, {
          clients: options.destinationClients ?? {},
          clientOptions: clientOptions({ region, ...options }, options.destinationEndpoint),
          own,
          mappingId: uuid,
        })),
      settings: {
        maximumRetryAttempts: aws.maximumRetryAttempts,
        maximumRecordAgeInSeconds: aws.maximumRecordAgeInSeconds,
        bisectBatchOnFunctionError: aws.bisectBatchOnFunctionError,
        reportBatchItemFailures: aws.functionResponseTypes.includes('ReportBatchItemFailures'),
        functionArn,
        retryDelayMs: settings.retryDelayMs,
        now: Date.now,
        requestId: randomUUID,
      },
      emitter,
      tally,
      recursiveLoop,
      control,
      onResult: (result) => {
        lastProcessingResult = result;
      },
    },
  };
  const kept = await checkpoints?.read();
  if (kept === 'otherStream') {
    logger.warn('The checkpoint file is of another stream: reading begins at startingPosition', { file });
  }
  const begun = typeof kept === 'object';
  const positions = new ShardPositions(begun ? kept : {}, checkpoints);
  const newSession = (): StreamSession =>
    new StreamSession({
      source,
      positions,
      tools,
      emitter,
      logger,
      pollIntervalMs: settings.pollIntervalMs,
      discoveryIntervalMs: settings.discoveryIntervalMs,
    });
  const atLatest =
    begun || aws.startingPosition === 'TRIM_HORIZON'
      ? new Set<string>()
      : await newSession().beginAtLatest(description);
  const mapping = new LocalMapping({
    uuid,
    streamArn,
    emitter,
    tally,
    positions,
    newSession,
    lastProcessingResult: () => lastProcessingResult,
    // Who waited for that may write because of it.
    onCaughtUp: () => recursiveLoop.forget(),
  });
  await mapping.begin(aws.enabled, atLatest);
  return mapping;
}

function newestStream(tableName: string, client: DynamoDBStreamsClient, logger: Logger): Promise<string> {
  return retryAtStart(
    () => newestStreamOf(tableName, client),
    (error, delayMs) => logger.warn('ListStreams failed; it is tried again', { tableName, delayMs, error }),
  );
}

async function describe(source: StreamSource, streamArn: string): Promise<StreamDescription> {
  try {
    return await retryAtStart(
      () => source.describe(new AbortController().signal),
      (error, delayMs) => source.tell('DescribeStream', error, delayMs),
    );
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    throw new ConfigurationError(
      'STREAM_NOT_FOUND',
      `there is no stream ${streamArn}. Check the ARN, and that endpoint and region are those of its table.`,
      { owner: OWNER, cause },
    );
  }
}

/** For clients that are made here. The SDK finds missing settings in the environment. */
function clientOptions(options: Partial<LocalMappingOptions>, endpoint: string | undefined): object {
  const { region, credentials } = options;
  return {
    ...OWN_CLIENT_SETTINGS,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  };
}

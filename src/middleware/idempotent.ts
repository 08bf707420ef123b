// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBRecord } from 'aws-lambda';
import { delayedResponseOf, type RecordContext } from '../batch/record-context.ts';
import { logFieldsOf } from '../batch/require-time.ts';
import { type Checks, objectWith, TEXT } from '../options/check.ts';
import { checkOptions, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { needsRouted } from '../router/needed-records.ts';
import type { RecordMiddleware } from '../router/record-middleware.ts';
import { watchClient } from './idempotency/lock-owner.ts';
import { type LockEvents, RecordLock, type Store } from './idempotency/record-lock.ts';
import { errorName } from './idempotency/store-failure.ts';

/** Where and how {@link idempotent} remembers records. */
export interface IdempotentOptions {
  /**
   * Where it is remembered which records are done: a persistence layer of Powertools. It has one key prefix and one
   * configuration, so share it with nothing that uses others. Several layers may name the same table.
   */
  readonly persistenceStore: BasePersistenceLayer;
  /**
   * Powertools' configuration. It is copied. Its JMESPath expressions are applied to the record as Lambda sent it.
   *
   * @defaultValue one whose `expiresAfterSeconds` is 86,400, as a record may be delivered again for 24 hours
   */
  readonly config?: IdempotencyConfig;
  /**
   * The prefix of all keys in the store. Handlers that share a store and a stream need different prefixes. A copy that is
   * emptied and filled again needs a new prefix: under the old one all its records are already stored as handled.
   *
   * @defaultValue the name of the function
   */
  readonly keyPrefix?: string;
}

/** A stream keeps a record for 24 hours. */
const EXPIRES_AFTER_SECONDS = 86_400;

/** How long a lock lasts where the context has no clock: as long as Lambda runs by default at most. */
const MAX_INVOCATION_MS = 900_000;

/** The event source and the event id; some tools leave the id out, and then records must not all be the same one. */
const RECORD_KEY = '[eventSourceARN, eventID || dynamodb.SequenceNumber]';

const STORE = objectWith(['configure', 'saveInProgress', 'saveSuccess', 'deleteRecord', 'getRecord']);

const CHECKS: Checks = {
  persistenceStore: STORE,
  config: objectWith(['isEnabled', 'registerLambdaContext']),
  keyPrefix: TEXT,
};

/**
 * Record middleware that runs the inner middleware and routes once per record, across sandboxes, with Powertools Idempotency.
 *
 * - A record whose key the store knows as completed counts as handled, and nothing within runs.
 * - While another sandbox holds the record's lock, or the store fails for a while, the record waits. Shortly before the
 *   deadline it fails, with Powertools' IdempotencyAlreadyInProgressError or IdempotencyPersistenceLayerError, and is
 *   delivered again. A lock that is not removed, as after a kill, ends at the timeout of its invocation.
 * - When the inner code fails, the lock is removed and the error stays the same. At the deadline the answer waits for
 *   that, until half of `reserveMs` is left.
 * - With DynamoDBPersistenceLayer a lock names its owner, in the attribute `lock_owner`. So no lock is taken for that of another sandbox,
 *   and a late unlock removes its own lock, and never the note of another sandbox.
 * - IdempotencyValidationError gets `retryable: false`: it concerns this record alone. IdempotencyKeyError does not: a wrong
 *   `eventKeyJmesPath` causes it for every record.
 * - Nothing of the item is stored: the key is a hash, and no result is.
 *
 * Let the mapping limit the age of records rather than the attempts.
 * Work that is done but not yet noted when a sandbox dies is repeated: see docs/exactly-once.md.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'idempotency' });
 *
 * export const handler = streamRouter<Invoice>()
 *   .use(idempotent({ persistenceStore }))
 *   .onInsert(({ newImage }) => charge(newImage));
 * ```
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
 */
export function idempotent(options: IdempotentOptions): RecordMiddleware<RecordBase<EventName, object>> {
  checkOptions('idempotent', options, CHECKS);
  requireOption('idempotent', 'persistenceStore', options.persistenceStore, STORE);
  const store = options.persistenceStore as unknown as Store;
  requireSameOptions(options);
  watchClient(store);
  const prefix = options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix };
  const config = configOf(options.config);

  return needsRouted((record, context, next) => {
    const answer = delayedResponseOf(context);
    const lock = new RecordLock(
      store,
      answer,
      record.sequenceNumber,
      lockMsOf(context),
      lockEventsOf(record, context),
    );
    let thrown: readonly [unknown] | undefined;
    const handle = async (_record: DynamoDBRecord): Promise<void> => {
      try {
        // The lock was taken too late, or the sandbox was frozen meanwhile.
        if (answer.reached()) throw answer.signal.reason;
        await next();
      } catch (error) {
        thrown = [error];
        throw new HandlerFailed();
      }
    };
    const handleOnce = async (): Promise<void> => {
      try {
        await makeIdempotent(handle, {
          persistenceStore: lock as unknown as BasePersistenceLayer,
          config,
          ...prefix,
        })(record.raw);
      } catch (error) {
        throw thrown === undefined ? storeErrorOf(error) : thrown[0];
      }
    };
    const handled = handleOnce();
    answer.hold(handled);
    return handled;
  });
}

/** The options with which each persistence layer is used. */
const optionsOfStores: WeakMap<object, IdempotentOptions> = new WeakMap();

/**
 * Refuses a persistence layer that is used with other options already. It has one key prefix at a time, and keeps its first
 * configuration. With another one, it would store a record under the key of another middleware, whose handler has not run.
 */
function requireSameOptions(options: IdempotentOptions): void {
  const other = optionsOfStores.get(options.persistenceStore);
  if (other === undefined) optionsOfStores.set(options.persistenceStore, options);
  else if (other.keyPrefix !== options.keyPrefix || other.config !== options.config) {
    throw invalidOption(
      'idempotent',
      'persistenceStore',
      'is used by another idempotent with another keyPrefix or config, got the same one ' +
        'again. Create a persistence layer for each of them. They can use the same table.',
    );
  }
}

/** A copy, as Powertools registers the context of each invocation in it; with the record's own key unless there is one. */
function configOf(config: IdempotencyConfig | undefined): IdempotencyConfig {
  if (config === undefined) {
    return new IdempotencyConfig({
      eventKeyJmesPath: RECORD_KEY,
      expiresAfterSeconds: EXPIRES_AFTER_SECONDS,
    });
  }
  const { jmesPathOptions, payloadValidationJmesPath, responseHook } = config;
  return new IdempotencyConfig({
    eventKeyJmesPath: config.eventKeyJmesPath || RECORD_KEY,
    throwOnNoIdempotencyKey: config.throwOnNoIdempotencyKey,
    expiresAfterSeconds: config.expiresAfterSeconds,
    useLocalCache: config.useLocalCache,
    maxLocalCacheSize: config.maxLocalCacheSize,
    hashFunction: config.hashFunction,
    ...(jmesPathOptions.customFunctions !== undefined && {
      jmesPathOptions: jmesPathOptions.customFunctions,
    }),
    ...(payloadValidationJmesPath !== undefined && { payloadValidationJmesPath }),
    ...(responseHook !== undefined && { responseHook }),
  });
}

/** Milliseconds that the lock lasts. */
function lockMsOf(context: RecordContext): number {
  const remainingMs = context.getRemainingTimeInMillis();
  return remainingMs < Number.POSITIVE_INFINITY ? Math.max(remainingMs, 1) : MAX_INVOCATION_MS;
}

/** Logs what holds a record up: which one and why, and nothing of the item. */
function lockEventsOf(record: RecordBase<EventName, object>, { logger }: RecordContext): LockEvents {
  return {
    waiting: (reason) =>
      ignoreErrors(() =>
        logger.warn('Record waits for its idempotency lock', { ...logFieldsOf(record), ...reason }),
      ),
    stuck: (error) =>
      ignoreErrors(() => logger.warn('Idempotency lock not removed', { ...logFieldsOf(record), error })),
  };
}

/** Hides a handler's error from Powertools, which would retry it or wrap it, depending on its name. */
class HandlerFailed extends Error {}

/** Marks what no repetition helps against: the record is not the one that was handled. A missing key may be a wrong path. */
function storeErrorOf(error: unknown): unknown {
  const cause = (error as Error | undefined)?.cause;
  if (errorName(cause) === 'IdempotencyKeyError') return cause;
  const isPermanent = errorName(error) === 'IdempotencyValidationError';
  return isPermanent ? Object.assign(error as Error, { retryable: false }) : error;
}

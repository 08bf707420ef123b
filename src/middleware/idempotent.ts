// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import type { RecordContext } from '../batch/record-context.ts';
import { type Check, checkOptions, objectWith, TEXT } from '../option-checks.ts';
import { rejectUnknownOptions } from '../options.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import type { Next, RecordMiddleware } from '../record-middleware.ts';

/** Where and how {@link idempotent} remembers records. */
export interface IdempotentOptions {
  /** Where it is remembered which records are done: a persistence layer of Powertools. */
  readonly persistenceStore: BasePersistenceLayer;
  /**
   * Powertools' configuration. It is copied. Its JMESPath expressions are applied to the record as Lambda sent it.
   *
   * @defaultValue one whose `expiresAfterSeconds` is 86,400, as a record may be delivered again for 24 hours
   */
  readonly config?: IdempotencyConfig;
  /**
   * What the keys in the store begin with. Handlers that share a store and a stream need different ones.
   *
   * @defaultValue the name of the function
   */
  readonly keyPrefix?: string;
}

/** A stream keeps a record for 24 hours. */
const EXPIRES_AFTER_SECONDS = 86_400;

/** The longest that Lambda runs: what a lock lasts where the context has no clock. */
const MAX_INVOCATION_MS = 900_000;

/** The event source and the event id; some tools leave the id out, and then records must not all be the same one. */
const RECORD_KEY = '[eventSourceARN, eventID || dynamodb.SequenceNumber]';

const CHECKS: Readonly<Record<string, Check>> = {
  persistenceStore: objectWith(['configure', 'saveInProgress', 'saveSuccess', 'deleteRecord', 'getRecord']),
  config: objectWith(['isEnabled', 'registerLambdaContext']),
  keyPrefix: TEXT,
};

/**
 * Record middleware that runs what lies within once per record, across sandboxes, with Powertools Idempotency.
 *
 * - A record whose key the store knows as completed counts as handled, and nothing within runs.
 * - While another sandbox is at it, the record fails with Powertools' IdempotencyAlreadyInProgressError and is
 *   delivered again. That lock ends when the invocation which took it does, also if its sandbox is killed.
 * - When what lies within fails, the lock is removed and its own error comes out.
 * - Nothing of the item is stored: the key is a hash, and no result is.
 *
 * What is done and not yet noted when a sandbox dies is done again: see docs/exactly-once.md.
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
  rejectUnknownOptions('idempotent', options, Object.keys(CHECKS));
  // What is left out is refused as well: null is no store.
  checkOptions('idempotent', { ...options, persistenceStore: options.persistenceStore ?? null }, CHECKS);
  const { persistenceStore, keyPrefix } = options;
  const runOnce = makeIdempotent(runRecord, {
    persistenceStore,
    config: configOf(options.config),
    ...(keyPrefix !== undefined && { keyPrefix }),
  });

  return async (record, context, next) => {
    const run: Run = { next, thrown: undefined };
    try {
      await runOnce(record.raw, clockOf(context), run);
    } catch (error) {
      // Powertools wraps what is no error, and has an error of its own when it cannot remove the lock.
      throw run.thrown === undefined ? error : run.thrown[0];
    }
  };
}

/** One run of what lies within. */
interface Run {
  readonly next: Next;
  /** What it threw; a list of one, so that `throw undefined` is something too. */
  thrown: readonly [unknown] | undefined;
}

/** What Powertools runs once: the record comes first, as that is what it takes the key from. */
async function runRecord(_record: DynamoDBRecord, _clock: Context, run: Run): Promise<void> {
  try {
    await run.next();
  } catch (thrown) {
    run.thrown = [thrown];
    throw thrown;
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

/**
 * The context that Powertools reads the time left from. Without a number above 0 it would take a lock that ends with
 * the record's expiry, a day later.
 */
function clockOf(context: RecordContext): Context {
  const getRemainingTimeInMillis = (): number =>
    Math.ceil(Math.min(Math.max(context.getRemainingTimeInMillis(), 1), MAX_INVOCATION_MS));
  return { getRemainingTimeInMillis } as Context;
}

import { type ReplayOptions, type ReplaySettings, replaySettings } from './replay-options.ts';
import { ReplayRun } from './replay-run.ts';
import type { ReplaySummary } from './report.ts';
import { bucketSource } from './sources/bucket-source.ts';
import { documentSource } from './sources/document-source.ts';
import { queueSource } from './sources/queue-source.ts';
import type { ReplaySource } from './sources/source.ts';
import { StreamReader } from './stream-reader.ts';
import { TableReader } from './table-reader.ts';

/**
 * Hands records that failed to a handler again: those that on-failure documents name, which are read again from
 * the stream, and those in dead letters.
 *
 * - **Order**: the records of all messages are put in order of their sequence numbers within each stream, so an
 *   item's changes arrive in order, whichever messages they came in. Behind a record that failed, or whose message
 *   remains, no later record of its item is handled; other items go on.
 * - **Done** is a message once all of its records succeeded. Only then is it deleted from its queue.
 * - **At least once**: a record that is in several messages is handled once, but a replay that is cut off
 *   before the message is deleted repeats it.
 *
 * @returns what became of each message. What remains is not an error: look at `remaining`
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN`, `INVALID_HANDLER` or
 * `MISSING_PEER`; whatever the SDK throws when the queue cannot be received from, or the bucket not listed
 * @example
 * ```ts
 * const { remaining } = await replay({ queueUrl, handler });
 * if (remaining > 0) process.exitCode = 1;
 * ```
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const settings = replaySettings(options);
  const reader = new StreamReader({
    client: options.client,
    clientOptions: clientOptions(options, options.endpoint, options.region),
    onProblem: settings.onProblem,
  });
  const tables = settings.newestOnly
    ? await TableReader.open({
        client: options.tableClient,
        clientOptions: clientOptions(options, options.tableEndpoint ?? options.endpoint, options.region),
      })
    : undefined;
  const source = await sourceOf(options, settings);
  try {
    return await new ReplayRun(source, reader, tables, settings).run();
  } finally {
    await source.release();
    reader.close();
    tables?.close();
  }
}

async function sourceOf(options: ReplayOptions, settings: ReplaySettings): Promise<ReplaySource> {
  const { documents, s3Uri, queueUrl = '', region } = options;
  if (documents !== undefined) return documentSource(documents);
  if (s3Uri !== undefined) {
    const { s3Client: client, s3Endpoint, deleteObjects = false } = options;
    return bucketSource({
      s3Uri,
      client,
      clientOptions: {
        ...clientOptions(options, s3Endpoint, region),
        // A bucket as part of the host name needs a name server that plays along; local servers have none.
        ...(s3Endpoint !== undefined && { forcePathStyle: true }),
      },
      deleteObjects,
    });
  }
  const ofUrl = /\bsqs[.-]([a-z0-9-]+)\.amazonaws\./.exec(queueUrl)?.[1];
  return queueSource({
    queueUrl,
    client: options.sqsClient,
    clientOptions: clientOptions(options, options.queueEndpoint, region ?? ofUrl),
    visibilityTimeoutSeconds: settings.visibilityTimeoutSeconds,
    onProblem: settings.onProblem,
  });
}

function clientOptions(
  { credentials }: ReplayOptions,
  endpoint: string | undefined,
  region: string | undefined,
): { readonly region?: string } {
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  };
}

import type { _Object as ListedObject, S3Client } from '@aws-sdk/client-s3';
import { importPeer } from '../../aws-clients/import-peer.ts';
import type { SdkClient } from '../../aws-clients/sdk-client.ts';
import { thrownText } from '../../failure/thrown-text.ts';
import { parseDocuments } from '../parse-documents.ts';
import type { ReplaySource, SourceMessage } from './source.ts';

export interface BucketOptions {
  /** `s3://bucket/prefix`. */
  readonly s3Uri: string;
  /** Made when undefined. */
  readonly client: SdkClient | undefined;
  readonly clientOptions: object;
  /** Deletes an object once all of its documents are done. */
  readonly deleteObjects: boolean;
}

interface ReadObject {
  readonly key: string;
  /** Its messages that are not done. */
  readonly left: Set<SourceMessage>;
}

const S3_URI = /^s3:\/\/[^/]/;

// Reads and deletions at a time.
const AT_ONCE = 10;

/** Returns true for `s3://bucket` and `s3://bucket/prefix`. */
export function isS3Uri(value: unknown): value is string {
  return typeof value === 'string' && S3_URI.test(value);
}

/**
 * The objects of an S3 bucket whose keys begin with a prefix: each holds an on-failure document, as Lambda writes it, or
 * documents and dead letters in any form that {@link parseDocuments} reads.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function bucketSource(options: BucketOptions): Promise<ReplaySource> {
  const { s3Uri, deleteObjects } = options;
  const [Bucket, ...prefix] = s3Uri.slice('s3://'.length).split('/');
  const Prefix = prefix.join('/');
  const { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } = await importPeer(
    '@aws-sdk/client-s3',
    'replay from a bucket',
    () => import('@aws-sdk/client-s3'),
  );
  const s3 =
    (options.client as S3Client | undefined) ??
    // A bucket may be in another region than the streams that its documents are about.
    new S3Client({ followRegionRedirects: true, ...options.clientOptions });
  const objectOf = new Map<SourceMessage, ReadObject>();

  const list = async (abortSignal: AbortSignal): Promise<readonly string[]> => {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
      const { Contents = [], NextContinuationToken } = await s3.send(command, { abortSignal });
      // Consoles make empty objects to show folders.
      keys.push(...Contents.filter(({ Size }: ListedObject) => Size !== 0).map(({ Key }) => Key as string));
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys;
  };

  const read = async (Key: string, abortSignal: AbortSignal): Promise<readonly SourceMessage[]> => {
    const id = `s3://${Bucket}/${Key}`;
    let text: string;
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
      text = await (Body as NonNullable<typeof Body>).transformToString();
    } catch (error) {
      return [{ id, body: undefined, problem: `the object cannot be read: ${thrownText(error)}` }];
    }
    const documents = documentsIn(text);
    return documents.map((body, index) => ({
      id: documents.length === 1 ? id : `${id} document ${index + 1}`,
      body,
    }));
  };

  const remove = async (Key: string): Promise<string | undefined> => {
    try {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      return undefined;
    } catch (error) {
      return thrownText(error);
    }
  };

  return {
    inRounds: false,
    async take(signal) {
      const taken: SourceMessage[] = [];
      try {
        for (const keys of groupsOf(await list(signal))) {
          const objects = await Promise.all(keys.map((key) => read(key, signal)));
          signal.throwIfAborted();
          for (const [index, messages] of objects.entries()) {
            const object: ReadObject = { key: keys[index] as string, left: new Set(messages) };
            for (const message of messages) objectOf.set(message, object);
            for (const message of messages) taken.push(message);
          }
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      return taken;
    },
    async done(messages) {
      const failed = new Map<SourceMessage, string>();
      if (!deleteObjects) return failed;
      const last: (readonly [key: string, message: SourceMessage])[] = [];
      for (const message of messages) {
        const { key, left } = objectOf.get(message) as ReadObject;
        left.delete(message);
        if (left.size === 0) last.push([key, message]);
      }
      for (const some of groupsOf(last)) {
        const removals = some.map(async ([key, message]) => {
          const failure = await remove(key);
          if (failure !== undefined) failed.set(message, failure);
        });
        await Promise.all(removals);
      }
      return failed;
    },
    async release() {
      if (options.client === undefined) s3.destroy();
    },
  };
}

/** An object without any JSON is one document, which is not understood. */
function documentsIn(text: string): readonly unknown[] {
  try {
    return parseDocuments(text);
  } catch {
    return [text];
  }
}

function* groupsOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += AT_ONCE) yield items.slice(start, start + AT_ONCE);
}

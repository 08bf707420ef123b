import { randomUUID } from 'node:crypto';
import { importPeer } from '../../aws-clients/import-peer.ts';
import { type OnFailureDocument, withPayload } from '../../delivery/on-failure-document.ts';
import type { OnFailureDestination } from '../../mapping/on-failure-destination.ts';
import type { DestinationOptions, SendOnFailure } from './destination.ts';

/** The document as an S3 object, with the event that held the records. */
export async function bucketDestination(
  { name }: OnFailureDestination,
  { clients, clientOptions, mappingId, own }: DestinationOptions,
): Promise<SendOnFailure> {
  const { PutObjectCommand, S3Client } = await importPeer(
    '@aws-sdk/client-s3',
    'An on-failure bucket',
    () => import('@aws-sdk/client-s3'),
  );
  // A bucket as part of the host name needs a name server that plays along; local servers have none.
  const s3 =
    (clients.s3 as InstanceType<typeof S3Client> | undefined) ??
    own.keep(new S3Client({ forcePathStyle: true, ...clientOptions }));
  return async (document, records) => {
    const Key = objectKey(document, mappingId, randomUUID());
    const Body = JSON.stringify(withPayload(document, records));
    await s3.send(new PutObjectCommand({ Bucket: name, Key, Body, ContentType: 'application/json' }));
  };
}

/**
 * `aws/lambda/<mapping>/<shardId>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>`
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
function objectKey(document: OnFailureDocument, mappingId: string, uuid: string): string {
  const { timestamp, DDBStreamBatchInfo } = document;
  const [date = '', time = ''] = timestamp.slice(0, 19).split('T');
  return [
    'aws/lambda',
    mappingId,
    DDBStreamBatchInfo.shardId,
    date.replaceAll('-', '/'),
    `${date}T${time.replaceAll(':', '.')}-${uuid}`,
  ].join('/');
}

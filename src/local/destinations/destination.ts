import type { DynamoDBRecord } from 'aws-lambda';
import type { OwnClients } from '../../aws-clients/own-clients.ts';
import type { SdkClient } from '../../aws-clients/sdk-client.ts';
import type { OnFailureDocument } from '../../delivery/on-failure-document.ts';

/** Sends the document about discarded records. Rejects when that did not work. */
export type SendOnFailure = (
  document: OnFailureDocument,
  records: readonly DynamoDBRecord[],
) => Promise<void>;

/** Clients for the destinations; those that are missing are made. */
export interface DestinationClients {
  /** An `SQSClient`. */
  readonly sqs?: SdkClient;
  /** An `SNSClient`. */
  readonly sns?: SdkClient;
  /** An `S3Client`. */
  readonly s3?: SdkClient;
}

export interface DestinationOptions {
  readonly clients: DestinationClients;
  /** For clients that are made. */
  readonly clientOptions: object;
  /** Takes charge of the client that is made. */
  readonly own: OwnClients;
  /** Part of the key of an S3 object. */
  readonly mappingId: string;
}

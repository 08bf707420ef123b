import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { OnFailureDocument } from '../../mapping/on-failure-document.ts';

/** Sends the document about discarded records. Rejects when that did not work. */
export type SendOnFailure = (
  document: OnFailureDocument,
  records: readonly DynamoDBRecord[],
) => Promise<void>;

/** Clients for the destinations; those that are missing are made. */
export interface DestinationClients {
  readonly sqs?: SQSClient;
  readonly sns?: SNSClient;
  readonly s3?: S3Client;
}

export interface DestinationOptions {
  readonly clients: DestinationClients;
  /** For clients that are made. */
  readonly clientOptions: object;
  /** Part of the key of an S3 object. */
  readonly mappingId: string;
}

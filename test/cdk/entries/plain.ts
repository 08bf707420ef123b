import type { DynamoDBStreamEvent } from 'aws-lambda';
import { processBatch } from 'streamlane';

export const handler = (event: DynamoDBStreamEvent) => processBatch(event, undefined, async () => {});

import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { changes, streamRouter } from 'streamlane';

const logger = new Logger({
  serviceName: 'echo-log',
  // JSON writes a Set, which is what a string or number set becomes, as `{}`.
  jsonReplacerFn: (_key, value) => (value instanceof Set ? [...value] : value),
});

const router = streamRouter({ logger })
  .onInsert(({ keys, newImage }) => logger.info('inserted', { keys, item: newImage }))
  .onModify((record) => logger.info('modified', { keys: record.keys, changes: changes(record) }))
  .onRemove(({ keys, oldImage, expired }) => logger.info('removed', { keys, item: oldImage, expired }));

export const handler = middy(router).use(injectLambdaContext(logger));

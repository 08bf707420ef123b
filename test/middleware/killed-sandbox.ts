// node killed-sandbox.ts <table>: takes the lock of a record and keeps it until the process is killed.
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { streamRouter } from '../../src/index.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

const [, , tableName = ''] = process.argv;
const router = streamRouter({ reserveMs: 0 })
  .use(idempotent({ persistenceStore: new DynamoDBPersistenceLayer({ tableName }) }))
  .onInsert(() => {
    console.log('started');
    return new Promise(() => {});
  });
await router(eventOf({}), contextOf(1500));

import { runOnTable } from '../run-on-table.ts';
import { handler } from './handler.ts';

await runOnTable({
  functionName: 'echo-log',
  handler,
  tableName: 'Sessions',
  keys: ['sessionId'],
  viewType: 'NEW_AND_OLD_IMAGES',
  writes: [
    { put: { sessionId: 's-1', user: 'ada', pages: 1, tags: new Set(['new']) } },
    { put: { sessionId: 's-1', user: 'ada', pages: 2, tags: new Set(['new', 'mobile']) } },
    { delete: { sessionId: 's-1' } },
  ],
});

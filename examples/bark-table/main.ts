import { readFile } from 'node:fs/promises';
import { runOnTable } from '../run-on-table.ts';
import { publishNewBark } from './handler.ts';

console.log('The payload of the guides:\n');
const payload = await readFile(new URL('payload.json', import.meta.url), 'utf8');
console.log(`response: ${JSON.stringify(await publishNewBark(JSON.parse(payload)))}\n`);

console.log('A bark that is put into a table, corrected and deleted:\n');
const key = { Username: 'Jane Doe', Timestamp: '2016-11-18:14:32:17' };
await runOnTable({
  functionName: 'publishNewBark',
  handler: publishNewBark,
  tableName: 'BarkTable',
  keys: ['Username', 'Timestamp'],
  viewType: 'NEW_IMAGE',
  batchSize: 1,
  writes: [
    { put: { ...key, Message: 'Testing...1...2...3' } },
    { put: { ...key, Message: 'Testing...1...2...3...4' } },
    { delete: key },
  ],
});

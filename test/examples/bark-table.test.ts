import { expect, test } from 'vitest';
import { runExample } from './run-example.ts';

test('bark-table handles the payload with the malformed ARN, then barks from a table of its own', async () => {
  const { code, stdout, stderr } = await runExample('bark-table').ended();

  expect(stderr).toBe('');
  expect(stdout.replaceAll(/http:\S+/g, '<url>')).toBe(`The payload of the guides:

Subject: A new bark from John Doe
Message: Woofer user John Doe barked the following at 2016-11-18:12:09:36:

 This is a bark from the Woofer social network

response: {"batchItemFailures":[]}

A bark that is put into a table, corrected and deleted:

DynamoDB at <url>

Subject: A new bark from Jane Doe
Message: Woofer user Jane Doe barked the following at 2016-11-18:14:32:17:

 Testing...1...2...3

INSERT: succeeded, {"batchItemFailures":[]}
MODIFY: succeeded, {"batchItemFailures":[]}
REMOVE: succeeded, {"batchItemFailures":[]}
`);
  expect(code).toBe(0);
});

import { expect, test } from 'vitest';
import { runExample } from './run-example.ts';

test('bark-table handles the payload with the malformed ARN, and prints what it would send', async () => {
  const { code, stdout, stderr } = await runExample('bark-table').ended();

  expect(stderr).toBe('');
  expect(stdout).toContain('Subject: A new bark from John Doe\n');
  expect(stdout).toContain(
    'Message: Woofer user John Doe barked the following at 2016-11-18:12:09:36:\n\n' +
      ' This is a bark from the Woofer social network\n',
  );
  expect(stdout).toContain('response: {"batchItemFailures":[]}\n');
  expect(code).toBe(0);
});

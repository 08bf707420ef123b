import { expect, test } from 'vitest';
import { handled, jsonLines, runExample } from './run-example.ts';

test('echo-log logs an insert, a change and a delete, each with the context of its invocation', async () => {
  const { code, stdout, stderr } = await runExample('echo-log').ended();

  expect(stderr).toBe('');
  const keys = { sessionId: 's-1' };
  const first = { sessionId: 's-1', user: 'ada', pages: 1, tags: ['new'] };
  const second = { sessionId: 's-1', user: 'ada', pages: 2, tags: ['new', 'mobile'] };
  expect(jsonLines(stdout)).toMatchObject([
    { level: 'INFO', function_name: 'echo-log', message: 'inserted', keys, item: first },
    {
      level: 'INFO',
      function_name: 'echo-log',
      message: 'modified',
      keys,
      // An image has its attributes in any order, and their changes come in that order.
      changes: expect.arrayContaining([
        { path: 'pages', kind: 'changed', before: 1, after: 2 },
        { path: 'tags', kind: 'changed', before: ['new'], after: ['new', 'mobile'] },
      ]),
    },
    { level: 'INFO', function_name: 'echo-log', message: 'removed', keys, item: second, expired: false },
  ]);
  expect(jsonLines(stdout)[1]).toHaveProperty('changes.length', 2);
  expect(handled(stdout)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  expect(code).toBe(0);
});

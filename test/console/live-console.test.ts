import { expect, test } from 'vitest';
import { startConsole } from '../../src/console/live-console.ts';

test('actions are possible once they are offered', async () => {
  await using live = await startConsole({
    port: 0,
    mask: undefined,
    keyNames: ['id'],
    failuresOf: () => [],
  });
  const { origin } = new URL(live.url);
  const entered = await fetch(live.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const ask = async (name: string) => {
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const response = await fetch(`${origin}/actions/${name}`, { method: 'POST', headers, body: '{"a":1}' });
    return [response.status, await response.json()];
  };
  expect(await ask('first')).toEqual([409, { message: 'The mapping has not started yet.' }]);
  live.offer({ first: async ({ a }) => a });
  live.offer({ second: async () => 2 });
  expect(await ask('first')).toEqual([200, 1]);
  expect(await ask('second')).toEqual([200, 2]);
  expect(await ask('third')).toEqual([404, { message: 'There is no such action.' }]);
});

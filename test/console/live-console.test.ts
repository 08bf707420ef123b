import { expect, test } from 'vitest';
import { startConsole } from '../../src/console/live-console.ts';
import { enterConsole } from './enter-console.ts';

test('actions are possible once they are offered', async () => {
  await using live = await startConsole({
    port: 0,
    mask: undefined,
    keyNames: ['id'],
    failuresOf: () => [],
  });
  const { act } = await enterConsole(live.url);
  const ask = (name: string) => act(name, { a: 1 });
  expect(await ask('first')).toEqual([409, { message: 'The mapping has not started yet.' }]);
  live.offer({ first: async ({ a }) => a });
  live.offer({ second: async () => 2 });
  expect(await ask('first')).toEqual([200, 1]);
  expect(await ask('second')).toEqual([200, 2]);
  expect(await ask('third')).toEqual([404, { message: 'There is no such action.' }]);
});

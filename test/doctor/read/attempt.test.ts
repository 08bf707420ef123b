import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { attempt } from '../../../src/doctor/read/attempt.ts';
import { Clients } from '../../../src/doctor/read/clients.ts';

test.each([
  ['a page', 200, '<html></html>', 'the answer to lambda:ListAliases is not from AWS: check --endpoint'],
  ['another server', 404, 'not found', 'the answer to lambda:ListAliases is not from AWS: check --endpoint'],
  ['an empty failure', 418, '', 'lambda:ListAliases failed with status 418'],
])('%s is distinguished from a response of AWS', async (_what, status, body, reason) => {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = new Clients({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const part = await attempt('lambda:ListAliases', async () => {
    const { client, module } = await clients.lambda();
    return client.send(new module.ListAliasesCommand({ FunctionName: 'on-invoice' }));
  });
  clients.destroy();
  server.close();
  expect(part).toEqual({ notChecked: reason });
});

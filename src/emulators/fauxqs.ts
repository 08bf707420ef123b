import { importPeer } from '../aws-clients/import-peer.ts';
import type { LocalServer } from './local-server.ts';

/** Starts fauxqs, which is SNS, SQS and S3 in JavaScript, inside this process: it ends when the process does. */
export async function startFauxqs(): Promise<LocalServer> {
  const { buildApp } = await importPeer('fauxqs', 'startEmulators', () => import('fauxqs'));
  // Not fauxqs' own startFauxqs: that one listens on every interface of the machine.
  const app = buildApp({ logger: false });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    await app.close();
    resolve();
  };
  return { url, ended, stop };
}

import { importPeer } from '../aws-clients/import-peer.ts';
import { type AcceptedMessage, acceptedBy } from './accepted-messages.ts';
import type { LocalServer } from './local-server.ts';

/** Gets messages that were accepted together. It must not throw: the sender would get that. */
export type OnAccepted = (messages: readonly AcceptedMessage[]) => void;

/**
 * Starts fauxqs, which is SNS, SQS and S3 in JavaScript, inside this process: it ends when the process does.
 *
 * @param onAccepted gets each message before its sender gets the answer
 */
export async function startFauxqs(onAccepted?: OnAccepted): Promise<LocalServer> {
  const { buildApp } = await importPeer('fauxqs', 'startEmulators', () => import('fauxqs'));
  // Not fauxqs' own startFauxqs: that one listens on every interface of the machine.
  const app = buildApp({ logger: false });
  if (onAccepted !== undefined) {
    app.addHook('onSend', (request, { statusCode }, answer, done) => {
      const { method, url, headers, body } = request;
      const accepted = acceptedBy({
        method,
        url,
        target: headers['x-amz-target'],
        body,
        statusCode,
        answer,
      });
      if (accepted.length > 0) onAccepted(accepted);
      done();
    });
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    await app.close();
    resolve();
  };
  return { url, ended, stop };
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a process proves that it is the one which wrote its servers down: it alone has the secret. */
export interface Identity {
  readonly port: number;
  readonly secret: string;
}

const ANSWER_TIMEOUT_MS = 2000;

/** The answer of a port to the question whether a process listens there: yes, no, or none so far. */
export type Answer = 'proved' | 'refuted' | 'silent';

/** Answers questions of {@link provesIdentity} until it is closed. */
export async function openIdentity(): Promise<Identity & { close(): void }> {
  const secret = randomBytes(32).toString('hex');
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close').end(answerTo(`${request.url}`, secret));
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, secret, close: () => void server.close() };
}

/**
 * Asks the process that answers on a port if it knows the secret. Another one may have got the port meanwhile.
 *
 * @returns `'silent'` where something listens and does not answer in time, as a process that is busy or was paused
 */
export async function askIdentity({ port, secret }: Identity): Promise<Answer> {
  const question = `/${randomBytes(16).toString('hex')}`;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${question}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'error',
    });
    const [given, expected] = [await response.text(), answerTo(question, secret)].map((text) =>
      Buffer.from(text),
    );
    const isSame = given?.length === expected?.length && timingSafeEqual(given as Buffer, expected as Buffer);
    return isSame ? 'proved' : 'refuted';
  } catch (error) {
    // Else nothing listens there, or something that speaks another protocol.
    return (error as Error).name === 'TimeoutError' ? 'silent' : 'refuted';
  }
}

function answerTo(question: string, secret: string): string {
  return createHmac('sha256', secret).update(question).digest('hex');
}

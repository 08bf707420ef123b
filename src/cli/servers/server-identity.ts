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

/** Whether the process that answers on a port knows the secret. Another one may have got the port meanwhile. */
export async function provesIdentity({ port, secret }: Identity): Promise<boolean> {
  const question = `/${randomBytes(16).toString('hex')}`;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${question}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'error',
    });
    const [given, expected] = [await response.text(), answerTo(question, secret)].map((text) =>
      Buffer.from(text),
    );
    return given?.length === expected?.length && timingSafeEqual(given as Buffer, expected as Buffer);
  } catch {
    return false; // no server is there, or one that does not answer
  }
}

function answerTo(question: string, secret: string): string {
  return createHmac('sha256', secret).update(question).digest('hex');
}

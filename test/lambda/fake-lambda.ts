import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type Answer, type FunctionSettings, type Invocation, Sandbox } from './sandbox.ts';

/** A function on Lambda: invoked over the Invoke API, and run by AWS's runtime client, one event at a time. */
export class FakeLambda {
  /** How many sandboxes were started. */
  starts = 0;
  /** The output of the sandboxes before the present one. */
  #log = '';
  #sandbox: Sandbox | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #settings: FunctionSettings;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(settings: FunctionSettings) {
    this.#settings = settings;
  }

  static async start(settings: FunctionSettings): Promise<FakeLambda> {
    const lambda = new FakeLambda(settings);
    lambda.#server.listen(0, '127.0.0.1');
    await once(lambda.#server, 'listening');
    return lambda;
  }

  /** The output of the function. */
  get log(): string {
    return this.#log + (this.#sandbox?.log ?? '');
  }

  client(): LambdaClient {
    return new LambdaClient({
      endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  }

  /** Invokes the function, in the sandbox that is there or in a new one. */
  invoke(event: string, headers: Partial<Omit<Invocation, 'event'>> = {}): Promise<Answer> {
    const answer = this.#turn.then(() => this.#invoke({ requestId: randomUUID(), ...headers, event }));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async stop(): Promise<void> {
    await this.#turn;
    await this.#sandbox?.stop();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #invoke(invocation: Invocation): Promise<Answer> {
    if (this.#sandbox?.isAlive !== true) {
      this.#log = this.log;
      await this.#sandbox?.stop();
      this.#sandbox = await Sandbox.start(this.#settings);
      this.starts++;
    }
    return this.#sandbox.invoke(invocation);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url !== '/2015-03-31/functions/invoices/invocations') {
      response.writeHead(404).end('{}');
      return;
    }
    const { payload, functionError } = await this.invoke(Buffer.concat(chunks).toString());
    response
      .writeHead(200, {
        'content-type': 'application/json',
        ...(functionError !== undefined && { 'x-amz-function-error': functionError }),
      })
      .end(payload);
  }
}

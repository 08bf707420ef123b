import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Servers {
  /** With which SDK clients find DynamoDB, SNS and SQS. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of a stream that splits, on a server that fails. */
  readonly streamsEndpoint: string;
  /** Writes records to that stream. @returns how many there have been in all */
  write(count: number): Promise<number>;
  /** Lets the records up to this one leave the stream. */
  trim(shardId: string, sequenceNumber: string): void;
  removeShard(shardId: string): void;
  stop(): Promise<void>;
}

/** From this process to that of the servers. */
export type Request =
  | { readonly type: 'write'; readonly count: number }
  | { readonly type: 'trim'; readonly shardId: string; readonly sequenceNumber: string }
  | { readonly type: 'remove'; readonly shardId: string };

/** The answer to a start, and to a `write`. */
export interface Started extends Pick<Servers, 'environment' | 'streamsEndpoint'> {}
export interface Written {
  readonly written: number;
}

/** Starts the servers in a process of their own, so that their memory and sockets do not count. They end with this process. */
export async function startServers(): Promise<Servers> {
  const child = fork(new URL('./servers-main.ts', import.meta.url), { execArgv: [] });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The servers have ended, with ${signal ?? `code ${code}`}.`);
  });
  ended.catch(() => {});
  const answer = async <Answer>(): Promise<Answer> => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message as Answer;
  };
  const tell = (request: Request): void => void child.send(request);
  const { environment, streamsEndpoint } = await answer<Started>();
  return {
    environment,
    streamsEndpoint,
    async write(count) {
      const written = answer<Written>();
      tell({ type: 'write', count });
      return (await written).written;
    },
    trim: (shardId, sequenceNumber) => tell({ type: 'trim', shardId, sequenceNumber }),
    removeShard: (shardId) => tell({ type: 'remove', shardId }),
    async stop() {
      child.disconnect();
      await ended.catch(() => {});
    },
  };
}

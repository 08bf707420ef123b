import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Finding } from './campaign.ts';
import type { ThreadMessage, ThreadOptions } from './thread.ts';
import type { History } from './world/history.ts';

export interface ThreadsOptions extends Omit<ThreadOptions, 'step'> {
  readonly threads: number;
  /** Ends the campaign early. */
  readonly signal: AbortSignal;
  readonly onViolation: (seed: number, violation: string) => void;
  readonly onHistory: (history: Pick<History, 'kinds'>) => void;
}

/**
 * Plays a campaign in threads. They share its seeds, so the histories do not depend on their number. Once a history
 * has broken something, the others finish theirs and stop.
 *
 * @returns the findings, by seed
 */
export async function playInThreads({
  threads,
  seed,
  histories,
  signal,
  onViolation,
  onHistory,
  ...options
}: ThreadsOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const workers = Array.from({ length: threads }, (_, place) => {
    const part: ThreadOptions = {
      ...options,
      seed: seed + place,
      step: threads,
      histories: Math.ceil((histories - place) / threads),
    };
    return new Worker(join(import.meta.dirname, 'thread.ts'), { workerData: part });
  });
  const stop = (): void => {
    for (const worker of workers) worker.postMessage('stop');
  };
  signal.addEventListener('abort', stop);
  await Promise.all(
    workers.map((worker) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      worker.on('message', (message: ThreadMessage) => {
        if ('kinds' in message) onHistory(message);
        else if ('finding' in message) findings.push(message.finding);
        else {
          onViolation(...message.violated);
          stop();
        }
      });
      worker.on('error', reject);
      worker.on('exit', resolve);
      return promise;
    }),
  );
  return findings.toSorted((a, b) => a.seed - b.seed);
}

import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { RerunKind } from '../protocol/events.ts';
import type { Recorder, RerunEnd } from '../recorder.ts';

/** Records that are to be sent to the function. */
export interface RerunRequest {
  readonly kind: RerunKind;
  readonly records: readonly DynamoDBRecord[];
  /** The numbers of the records that they were made from. */
  readonly of: readonly number[];
}

/** Invokes the function once. It does not reject. */
export type InvokeBeside = (records: readonly DynamoDBRecord[], requestId: string) => Promise<RerunEnd>;

/**
 * Invokes the function beside the mapping: while it has an invocation of the mapping too, as when someone invokes a function on
 * Lambda. Reruns of their own wait for each other, so that impatient clicks do not start many sandboxes.
 */
export class Rerunner {
  readonly #recorder: Pick<Recorder, 'rerun'>;
  readonly #invoke: InvokeBeside;
  #last: Promise<void> = Promise.resolve();

  constructor(recorder: Pick<Recorder, 'rerun'>, invoke: InvokeBeside) {
    this.#recorder = recorder;
    this.#invoke = invoke;
  }

  /** Resolves when the invocation begins, with the number of its first record in the feed. */
  start(request: RerunRequest): Promise<number> {
    const begun = Promise.withResolvers<number>();
    this.#last = this.#last.then(async () => {
      const requestId = randomUUID();
      const { first, ended } = this.#recorder.rerun({ ...request, requestId });
      begun.resolve(first);
      ended(await this.#invoke(request.records, requestId));
    });
    return begun.promise;
  }
}

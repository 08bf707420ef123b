import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

/** The layer that a call of next() belongs to. */
export interface CallingLayer {
  readonly record: LazyRecord;
  /** Ends the layer with what the last code of the middleware returns or throws. */
  end(verdict: () => unknown): unknown;
}

/**
 * A call of next() that has to be waited for.
 *
 * For its caller it is a promise. It has only the prototype of one: with a promise of its own, and one for each layer, a
 * middleware that only passes records on took 1.8 times as long as the bare router, and takes 1.1 times as long now
 * (bench: middleware/layers).
 */
export class NextCall {
  static {
    Object.setPrototypeOf(NextCall.prototype, Promise.prototype);
  }

  /** True once the middleware has awaited it, and so decides what its failure means. */
  seen = false;
  done = false;
  readonly #inner: Promise<unknown>;
  readonly #layer: CallingLayer;
  /** The promise of the first then(). */
  #followed: Promise<unknown> | undefined;
  /** True if the layer ends with what the first then() returned. */
  #endsLayer = false;

  constructor(inner: PromiseLike<unknown>, layer: CallingLayer) {
    this.#inner = Promise.resolve(inner);
    this.#layer = layer;
  }

  /**
   * For a middleware that has only passed this call on, or has added what follows it, as `next().catch(...)` does: the promise
   * that ends the layer, so that the layer needs none of its own. Undefined for every other result.
   */
  passedOnAs(result: unknown): Promise<unknown> | undefined {
    if (result === this && !this.seen) {
      this.seen = true;
      return this.#inner;
    }
    if (result === undefined || result !== this.#followed) return undefined;
    this.#endsLayer = true;
    return this.#followed;
  }

  // biome-ignore lint/suspicious/noThenProperty: await and every other way of looking goes through it
  then<A, B>(
    onFulfilled?: ((value: unknown) => A) | null,
    onRejected?: ((reason: unknown) => B) | null,
  ): Promise<unknown> {
    this.seen = true;
    const isFirst = this.#followed === undefined;
    const failed = (thrown: unknown): unknown => this.#goOn(onRejected, rethrow, thrown, isFirst);
    const following = this.#inner.then(
      (value) =>
        isUnfinished(value)
          ? refuseUnfinished(value).catch(failed)
          : this.#goOn(onFulfilled, itself, value, isFirst),
      failed,
    );
    this.#followed ??= following;
    return following;
  }

  #goOn(given: unknown, otherwise: Callback, settled: unknown, isFirst: boolean): unknown {
    this.done = true;
    this.#layer.record.reread();
    // As for a promise: `then(isVerbose && log)` may give false.
    const callback = typeof given === 'function' ? (given as Callback) : otherwise;
    return isFirst && this.#endsLayer ? this.#layer.end(() => callback(settled)) : callback(settled);
  }
}

type Callback = (settled: unknown) => unknown;

const ignore = (): void => {};
const itself: Callback = (value) => value;
const rethrow: Callback = (thrown) => {
  throw thrown;
};

/**
 * Notes when the calls settle that the middleware has not awaited when it returns. It also keeps Node from ending the process for
 * their rejections: the layer fails the record with them instead.
 */
export function watchForgotten(calls: readonly NextCall[]): void {
  for (const call of calls) {
    if (call.seen) continue;
    call.then(ignore, ignore);
    call.seen = false;
  }
}

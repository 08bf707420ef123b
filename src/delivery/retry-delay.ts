/** Milliseconds before invocation `attempt + 1`, after `attempt` of them failed (1 = the first). */
export type RetryDelay = (attempt: number) => number;

/** How {@link exponentialDelay} grows. */
export interface ExponentialDelayOptions {
  /**
   * Milliseconds after the first failure; each further one doubles it.
   *
   * @defaultValue 500
   */
  readonly firstMs?: number;
  /**
   * No delay is longer than this many milliseconds.
   *
   * @defaultValue 60000
   */
  readonly mostMs?: number;
}

/**
 * Delays that double. **AWS documents neither the delay between retries nor its growth**: the one published
 * capture saw 8 attempts in 60 seconds, and the defaults give 8 in 63.5. Code must not depend on it.
 *
 * There is no jitter, so that a run can be repeated exactly.
 *
 * @example
 * ```ts
 * exponentialDelay()(1); // 500
 * exponentialDelay({ firstMs: 100, mostMs: 1000 })(9); // 1000
 * ```
 */
export function exponentialDelay(options: ExponentialDelayOptions = {}): RetryDelay {
  const { firstMs = 500, mostMs = 60_000 } = options;
  return (attempt) => Math.min(firstMs * 2 ** (attempt - 1), mostMs);
}

/** Milliseconds before invocation `attempt + 1`, after `attempt` of them failed (1 = the first). */
export type RetryDelay = (attempt: number) => number;

/** Options of {@link exponentialDelay}. */
export interface ExponentialDelayOptions {
  /**
   * Milliseconds after the first failure. The delay doubles with each further failure.
   *
   * @defaultValue 500
   */
  readonly minMs?: number;
  /**
   * The longest delay in milliseconds.
   *
   * @defaultValue 60000
   */
  readonly maxMs?: number;
}

/**
 * Creates delays that double. **AWS documents neither the delay between retries nor its growth.** The only published
 * capture saw 8 attempts in 60 seconds; the defaults give 8 in 63.5. Code must not depend on the delays.
 *
 * There is no jitter, so that a run can be repeated exactly.
 *
 * @example
 * ```ts
 * exponentialDelay()(1); // 500
 * exponentialDelay({ minMs: 100, maxMs: 1000 })(9); // 1000
 * ```
 */
export function exponentialDelay(options: ExponentialDelayOptions = {}): RetryDelay {
  const { minMs = 500, maxMs = 60_000 } = options;
  return (attempt) => Math.min(minMs * 2 ** (attempt - 1), maxMs);
}

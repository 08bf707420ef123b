/**
 * Random numbers that depend on a seed and on what they are drawn for. A draw does not move the others: a scenario that is
 * shrunk keeps the luck of its remaining parts.
 */
export class Random {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** From 0 to below 1, always the same for the same labels. */
  of(...labels: readonly (string | number)[]): number {
    let hash = this.#seed ^ 0x9e3779b9;
    for (const label of labels) {
      for (const char of `${label}|`) hash = mix(hash ^ char.charCodeAt(0));
    }
    return mix(hash) / 2 ** 32;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number, ...labels: readonly (string | number)[]): number {
    return Math.floor(this.of(...labels) * limit);
  }

  /** True in so many of 100 draws. */
  percent(likely: number, ...labels: readonly (string | number)[]): boolean {
    return this.of(...labels) * 100 < likely;
  }

  pick<T>(values: readonly T[], ...labels: readonly (string | number)[]): T {
    return values[this.below(values.length, ...labels)] as T;
  }
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

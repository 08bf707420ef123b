// More rows than fit on a screen, so a person cannot read each of them.
const RUSH = 100;
const CALM_MS = 100;
const RUSH_MS = 250;
const SHARE = 10;
const LONGEST_MS = 1000;

/**
 * Says when the page is drawn: at once when it is calm, then at most ten times a second.
 *
 * While changes rush in, it is drawn four times a second, because the browser takes its time from the mapping. If a drawing takes long, the
 * pause after it is ten times as long, up to a second.
 */
export class DrawingPace {
  #drawnMs: number = Number.NEGATIVE_INFINITY;
  #fresh: number = 0;
  #tookMs: number = 0;

  /** Counts changes that are not drawn. */
  add(changes: number): void {
    this.#fresh += changes;
  }

  /** Returns how long the next drawing has to wait. It can be longer when more changes have come by then. */
  waitMs(nowMs: number): number {
    const rushMs = Math.min(Math.max(RUSH_MS, SHARE * this.#tookMs), LONGEST_MS);
    const leastMs = this.#fresh > RUSH ? rushMs : CALM_MS;
    return Math.max(0, this.#drawnMs + leastMs - nowMs);
  }

  /** All changes are drawn. */
  drawn(nowMs: number): void {
    this.#drawnMs = nowMs;
    this.#fresh = 0;
  }

  /** Notes how long the last drawing took the browser. */
  took(ms: number): void {
    this.#tookMs = ms;
  }
}

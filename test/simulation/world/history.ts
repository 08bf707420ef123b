/** One history while it is played: its timeline, its violations, and how often each kind of event occurred. */
export class History {
  readonly violations: string[] = [];
  readonly kinds: Map<string, number> = new Map();
  readonly timeline: string[] = [];
  /** The sum of each metric. */
  readonly metrics: Map<string, number> = new Map();
  readonly #startedAt: number;
  readonly #keepsTimeline: boolean;
  /** Sees each message that a target accepts. */
  accepted: (target: string, body: unknown, group?: string) => void = () => {};
  /** Sees each request to a target. */
  requestStarted: (target: string, bodies: readonly unknown[]) => void = () => {};

  constructor(startedAt: number, keepsTimeline: boolean) {
    this.#startedAt = startedAt;
    this.#keepsTimeline = keepsTimeline;
  }

  /** Notes what happens, for the timeline of a failure. */
  note(what: string): void {
    if (this.#keepsTimeline)
      this.timeline.push(`${String(Date.now() - this.#startedAt).padStart(9)} ms  ${what}`);
  }

  count(kind: string, times = 1): void {
    if (times > 0) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + times);
  }

  /** Says what does not hold. */
  violate(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what}`);
    this.note(`VIOLATION of ${invariant}: ${what}`);
  }
}

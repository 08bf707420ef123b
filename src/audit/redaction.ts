import {
  arrived,
  follow,
  namesElements,
  type PathPattern,
  type PatternStep,
  type Step,
} from './path-pattern.ts';

/** Replaces a redacted value. */
export const REDACTED = '[redacted]';

/**
 * The paths to redact and to omit, relative to some place in the item.
 *
 * It is a tree with a node for each step of the patterns, made when a record leads there for the first time, so that no pattern
 * is followed anew for each attribute. Its size depends on the patterns alone: names of items are not kept.
 */
export class Redaction {
  /** True if the value at this place is redacted. */
  readonly isRedacted: boolean;
  /** True if the value at this place is omitted. */
  readonly isOmitted: boolean;
  /** True if a value beneath this place may be omitted. */
  readonly omits: boolean;
  /** True if all elements of the value are redacted. */
  readonly redactsElements: boolean;
  /** True if nothing at this place or beneath it is redacted or omitted. */
  readonly isEmpty: boolean;
  readonly #redact: readonly PathPattern[];
  readonly #omit: readonly PathPattern[];
  /** By the steps that patterns name. */
  #named: ReadonlyMap<PatternStep, Redaction> | undefined;
  #otherName: Redaction | undefined;
  #otherIndex: Redaction | undefined;

  constructor(redact: readonly PathPattern[], omit: readonly PathPattern[]) {
    this.#redact = redact;
    this.#omit = omit;
    this.isRedacted = arrived(redact);
    this.isOmitted = arrived(omit);
    this.omits = omit.length > 0;
    this.redactsElements = namesElements(redact);
    this.isEmpty = redact.length === 0 && omit.length === 0;
  }

  /** The redaction one step further down. */
  beneath(step: Step): Redaction {
    if (this.isEmpty) return this;
    this.#named ??= new Map(
      [...this.#redact, ...this.#omit].flatMap(([first]) =>
        typeof first === 'string' || typeof first === 'number' ? [[first, this.#follow(first)]] : [],
      ),
    );
    const named = this.#named.get(step);
    if (named !== undefined) return named;
    if (typeof step === 'string') {
      this.#otherName ??= this.#follow(step);
      return this.#otherName;
    }
    this.#otherIndex ??= this.#follow(step);
    return this.#otherIndex;
  }

  /** Returns the redaction that applies beneath a path, or undefined if everything there is hidden. */
  at(steps: readonly Step[]): Redaction | undefined {
    let here: Redaction = this;
    for (const step of steps) {
      here = here.beneath(step);
      if (here.isRedacted || here.isOmitted) return undefined;
    }
    return here;
  }

  #follow(step: Step): Redaction {
    return new Redaction(follow(this.#redact, step), follow(this.#omit, step));
  }
}

/** Hides nothing. */
export const NOTHING: Redaction = new Redaction([], []);

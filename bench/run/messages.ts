import type { Sample } from './plan.ts';

/** What a host says once: who can take its turns, and who cannot and why. */
export interface Ready {
  readonly skipped: Readonly<Record<string, string>>;
}

/** What a host answers to the name of an entrant. */
export type Turn = { readonly sample: Sample } | { readonly error: string };

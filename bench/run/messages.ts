import type { Sample } from './plan.ts';

/** The first message of a host: the entrants that it cannot run, with the reasons. */
export interface Ready {
  readonly skipped: Readonly<Record<string, string>>;
}

/** The answer of a host to the name of an entrant. */
export type Turn = { readonly sample: Sample } | { readonly error: string };

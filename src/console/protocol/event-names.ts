import type { MappingEvents } from '../../local/mapping-events.ts';

const NAMES: { readonly [Name in keyof MappingEvents]: true } = {
  read: true,
  invocationStarted: true,
  invocation: true,
  retry: true,
  split: true,
  discard: true,
  checkpoint: true,
  filtered: true,
  shardStarted: true,
  shardFinished: true,
  trimmed: true,
  windowClosed: true,
  recursiveLoop: true,
  problem: true,
  state: true,
  stopped: true,
};

/** The names of a mapping's events: a new one does not compile until it is here. */
export const EVENT_NAMES: readonly (keyof MappingEvents)[] = Object.keys(NAMES) as (keyof MappingEvents)[];

import { BATCH_MUTANTS } from './batch.ts';
import { CONDITION_MUTANTS } from './conditions.ts';
import { DELIVERY_MUTANTS } from './delivery.ts';
import { ENTITY_MUTANTS } from './entities.ts';
import { MIDDLEWARE_MUTANTS } from './middleware.ts';
import type { Mutant } from './mutant.ts';
import { POWERTOOLS_MUTANTS } from './powertools.ts';
import { REPLAY_MUTANTS } from './replay.ts';
import { ROUTER_MUTANTS } from './router.ts';
import { SINK_MUTANTS } from './sinks.ts';
import { WINDOW_MUTANTS } from './windows.ts';

/** Faults that the simulation has to find. */
export const MUTANTS: readonly Mutant[] = [
  ...BATCH_MUTANTS,
  ...ROUTER_MUTANTS,
  ...ENTITY_MUTANTS,
  ...CONDITION_MUTANTS,
  ...MIDDLEWARE_MUTANTS,
  ...SINK_MUTANTS,
  ...WINDOW_MUTANTS,
  ...POWERTOOLS_MUTANTS,
  ...DELIVERY_MUTANTS,
  ...REPLAY_MUTANTS,
];

import type { Profile } from '../data/items.ts';
import type { GroupPlan } from '../run/plan.ts';

/** Small batches take little time, so there can be many turns: until the compiler is done, and then some. */
export function roundsFor(profile: Profile, quick: boolean): Pick<GroupPlan, 'rounds' | 'warmups'> {
  if (profile === 'small') return quick ? { rounds: 5, warmups: 5 } : { rounds: 31, warmups: 12 };
  return quick ? { rounds: 3, warmups: 3 } : { rounds: 15, warmups: 5 };
}

import { batchEntrant, JSON_PARSE, jsonParse } from '../batch-entrant.ts';
import { CONTENDER_NAMES, loadContender } from '../contenders/index.ts';
import { batchFor, batchText } from '../data/batch.ts';
import { PROFILES, type Profile } from '../data/items.ts';
import { alone, type Effort, type GroupPlan, type Measure } from '../run/plan.ts';
import type { Reads } from '../tally.ts';
import { decisionsPlan } from './decisions.ts';
import { entitiesPlan } from './entities.ts';
import { roundsFor } from './rounds-for.ts';
import { routesPlan } from './routes.ts';

const READS: Readonly<Record<Reads, string>> = {
  both: 'both images',
  one: 'one image',
  keys: 'keys only',
  nothing: 'nothing',
};

// What the expectations are about.
const QUICK = [
  'small/both/async',
  'small/both/sync',
  'small/keys/sync',
  'large/both/async',
  'large/both/sync',
  'small/entities',
  'decisions',
];
const QUICK_CONTENDERS = ['streamlane', 'loop + util-dynamodb', 'Powertools parallel + unmarshall'];

export const routerMeasure: Measure = {
  name: 'router',
  title: 'Handling a batch',
  method:
    'Each contender handles a batch. The title says what each handler reads: the images or the keys. The handler uses one ' +
    'attribute of them. An asynchronous handler is an async function that awaits nothing. `JSON.parse` of the payload is ' +
    "the time that Lambda's runtime needs before a handler starts.",
  plans: (effort) =>
    plans(effort).filter(({ id }) => !effort.quick || QUICK.includes(id.replace('router/', ''))),
};

function plans(effort: Effort): GroupPlan[] {
  const cases = PROFILES.flatMap((profile) =>
    (Object.keys(READS) as Reads[]).flatMap((reads) =>
      [true, false].map((async) => planOf(profile, reads, async, effort)),
    ),
  );
  return [...cases, routesPlan(effort), entitiesPlan(effort), decisionsPlan(effort)];
}

function planOf(profile: Profile, reads: Reads, async: boolean, { quick }: Effort): GroupPlan {
  const batch = batchFor(profile, quick);
  const names = CONTENDER_NAMES.filter((name) => !quick || QUICK_CONTENDERS.includes(name));
  return {
    id: `router/${profile}/${reads}/${async ? 'async' : 'sync'}`,
    title: `${batch.records.toLocaleString('en')} ${profile} records, ${READS[reads]}, ${async ? 'asynchronous' : 'synchronous'} handlers`,
    unit: 'ms',
    places: alone(...names, JSON_PARSE),
    ...roundsFor(profile, quick),
    entrant: async (name) => {
      const text = batchText(batch);
      return name === JSON_PARSE
        ? jsonParse(text)
        : batchEntrant(await loadContender(name), { reads, async }, text);
    },
  };
}

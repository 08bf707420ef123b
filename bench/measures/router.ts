import { batchEntrants, jsonParse } from '../batch-entrants.ts';
import { CONTENDERS } from '../contenders/index.ts';
import { batchText, FULL_BATCH } from '../data/batch.ts';
import { PROFILES, type Profile } from '../data/items.ts';
import { timeRounds } from '../rounds.ts';
import { summaryOf } from '../statistics.ts';
import type { Reads } from '../tally.ts';
import type { Group, GroupPlan, Measure, Progress } from './measure.ts';

interface Case {
  readonly profile: Profile;
  readonly reads: Reads;
  readonly async: boolean;
}

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
];

export const routerMeasure: Measure = {
  name: 'router',
  title: 'The router, and what else handles a batch',
  method:
    'A batch of 10,000 records is handled; each handler reads what the table says and touches one attribute of ' +
    'it. An async handler is an async function that awaits nothing. `JSON.parse` of the payload is what ' +
    "Lambda's runtime pays before any handler starts.",
  plans: ({ quick }) => plans().filter(({ id }) => !quick || QUICK.includes(id.replace('router/', ''))),
};

function plans(): GroupPlan[] {
  return PROFILES.flatMap((profile) =>
    (Object.keys(READS) as Reads[]).flatMap((reads) =>
      [true, false].map((async) => planOf({ profile, reads, async })),
    ),
  );
}

function planOf(which: Case): GroupPlan {
  const { profile, reads, async } = which;
  const id = `router/${profile}/${reads}/${async ? 'async' : 'sync'}`;
  const title = `${profile} records, ${READS[reads]}, ${async ? 'asynchronous' : 'synchronous'} handlers`;
  return { id, title, run: (progress) => measure(which, id, title, progress) };
}

async function measure(which: Case, id: string, title: string, progress: Progress): Promise<Group> {
  const text = batchText({ profile: which.profile, ...FULL_BATCH });
  const { entrants, skipped } = await batchEntrants(CONTENDERS, which, text);
  const times = await timeRounds([...entrants, jsonParse(text)], {
    rounds: 11,
    warmups: 3,
    progress: (round, of) => progress(`round ${round + 1} of ${of}`),
  });
  const results = Object.fromEntries([...times].map(([name, samples]) => [name, summaryOf(samples)]));
  return { id, title, unit: 'ms', results, notes: skipped };
}

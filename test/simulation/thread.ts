// One of the threads that play a campaign, each a part of its seeds.
import { parentPort, workerData } from 'node:worker_threads';
import { type CampaignOptions, campaign, type Finding } from './campaign.ts';
import type { History } from './world/history.ts';

export type ThreadOptions = Pick<
  CampaignOptions,
  'seed' | 'step' | 'histories' | 'only' | 'isConvergent' | 'shrinks'
>;

/** A message of a thread: each history, a violation when it finds one, and the smaller scenario once it has that. */
export type ThreadMessage =
  | { readonly kinds: History['kinds'] }
  | { readonly violated: readonly [seed: number, violation: string] }
  | { readonly finding: Finding };

let stops = false;
// Any message says to stop.
parentPort?.once('message', () => {
  stops = true;
});
const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);
const finding = await campaign({
  ...(workerData as ThreadOptions),
  until: () => stops,
  onViolation: (...violated) => tell({ violated }),
  onHistory: (_seed, { kinds }) => tell({ kinds }),
});
if (finding !== undefined) tell({ finding });
parentPort?.close();

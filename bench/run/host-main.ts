// A process that hosts entrants of one group and gives each its turn when the parent says so.
import { MEASURES } from '../measures/index.ts';
import type { Ready, Turn } from './messages.ts';
import type { Effort, Entrant } from './plan.ts';

const [groupId = '', effort = '', names = ''] = process.argv.slice(2);
const plan = MEASURES.flatMap((measure) => measure.plans(JSON.parse(effort) as Effort)).find(
  ({ id }) => id === groupId,
);
if (plan === undefined) throw new RangeError(`There is no group ${groupId}`);

const entrants = new Map<string, Entrant>();
const skipped: Record<string, string> = {};
for (const name of JSON.parse(names) as string[]) {
  try {
    entrants.set(name, await plan.entrant(name));
  } catch (error) {
    skipped[name] = firstLine(error);
  }
}
process.on('message', async (name: string) => {
  let turn: Turn;
  try {
    const entrant = entrants.get(name);
    if (entrant === undefined) throw new RangeError(`${name} is not here`);
    turn = { sample: await entrant.sample() };
  } catch (error) {
    turn = { error: firstLine(error) };
  }
  process.send?.(turn);
});
process.send?.({ skipped } satisfies Ready);

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}

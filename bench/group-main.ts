// Runs in a process of its own: measures one group and sends it to the parent.
import type { GroupMessage } from './group-process.ts';
import { MEASURES } from './measures/index.ts';
import type { Effort } from './measures/measure.ts';

const [id = '', effort = '{}'] = process.argv.slice(2);
const plan = MEASURES.flatMap((measure) => measure.plans(JSON.parse(effort) as Effort)).find(
  (plan) => plan.id === id,
);
if (plan === undefined) throw new RangeError(`There is no group ${id}`);
const group = await plan.run((doing) => send({ doing }));
send({ group });
process.disconnect?.();

function send(message: GroupMessage): void {
  process.send?.(message);
}

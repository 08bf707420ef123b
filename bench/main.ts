import { runGroup } from './group-process.ts';
import { MEASURES } from './measures/index.ts';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const effort = { quick: process.argv.includes('--quick') };
for (const measure of MEASURES.filter(({ name }) => only === undefined || name === only)) {
  for (const plan of measure.plans(effort)) {
    const group = await runGroup(plan.id, effort, () => {});
    console.log(group.id);
    for (const [name, s] of Object.entries(group.results))
      console.log(
        ' ',
        name.padEnd(40),
        s.median.toFixed(2),
        s.lowerQuartile.toFixed(2),
        s.upperQuartile.toFixed(2),
      );
  }
}

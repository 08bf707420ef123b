import { MEASURES } from './measures/index.ts';
import { runGroup } from './run/group.ts';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const effort = { quick: process.argv.includes('--quick') };
const sameProcess = process.argv.includes('--same-process');
for (const measure of MEASURES.filter(({ name }) => only === undefined || name === only)) {
  for (const plan of measure.plans(effort)) {
    const group = await runGroup(plan, { effort, sameProcess, progress: () => {} });
    console.log(group.id);
    for (const [name, s] of Object.entries(group.results))
      console.log(
        ' ',
        name.padEnd(40),
        s.median.toFixed(2),
        s.lowerQuartile.toFixed(2),
        s.upperQuartile.toFixed(2),
        JSON.stringify(s.facts),
      );
    for (const note of group.notes) console.log(' ', note);
  }
}

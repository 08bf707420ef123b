import { relative } from 'node:path';
import { type CliOptions, cliOptions, HELP } from './cli/options.ts';
import { ProgressLine } from './cli/progress.ts';
import { type Selected, select } from './cli/selection.ts';
import { groupText, verdictText } from './cli/show.ts';
import { broken, check, QUICK_SLACK } from './expectations/check.ts';
import type { Expectation } from './expectations/expectation.ts';
import { readExpectations } from './expectations/read.ts';
import { EXPECTATIONS } from './expectations/table.ts';
import { thisMachine } from './report-writer/machine.ts';
import type { Report } from './report-writer/report.ts';
import { updated } from './report-writer/updated.ts';
import { versions } from './report-writer/versions.ts';
import { COMMITTED, committedReport, redraw, writeReport } from './report-writer/write.ts';
import { type Group, runGroup } from './run/group.ts';

/** The task of a run: its options, checked. */
interface Task {
  readonly options: CliOptions;
  readonly selected: readonly Selected[];
  readonly expectations: readonly Expectation[];
}

async function read(args: readonly string[]): Promise<Task> {
  const options = cliOptions(args);
  const selected = select(options.only, options);
  const { expectations } = options;
  return {
    options,
    selected,
    expectations: expectations === undefined ? EXPECTATIONS : await readExpectations(expectations),
  };
}

async function run({ options, selected, expectations }: Task): Promise<void> {
  const { quick, sameProcess, only } = options;
  const groups = await measure(selected, options);
  const ids = new Set(groups.map(({ id }) => id));
  const concerned = only === undefined ? expectations : expectations.filter(({ group }) => ids.has(group));
  const verdicts = check(concerned, groups, quick ? QUICK_SLACK : 0);
  if (verdicts.length > 0) console.log(verdictText(verdicts));

  // A partial run must not replace the report of a full one unasked.
  const isFull = only === undefined && !quick && !sameProcess;
  const out = options.out ?? (isFull || options.update ? COMMITTED : undefined);
  if (out !== undefined) {
    const measures: Report['measures'] = selected.map(({ measure: { name, title, method }, plans }) => ({
      name,
      title,
      method,
      groups: groups.filter(({ id }) => plans.some((plan) => plan.id === id)),
    }));
    const date = new Date().toISOString();
    const machine = thisMachine();
    const report = { date, quick, sameProcess, machine, versions: versions(), measures, verdicts };
    await writeReport(options.update ? updated(await committedReport(), report) : report, out);
    console.log(`\nReport: ${relative('.', out)}`);
  }

  if (options.check && broken(verdicts).length > 0) {
    console.error(`\n${broken(verdicts).length} of ${verdicts.length} expectations are not met.`);
    process.exitCode = 1;
  }
}

async function measure(selected: readonly Selected[], { quick, sameProcess }: CliOptions): Promise<Group[]> {
  const line = new ProgressLine(process.stderr);
  const plans = selected.flatMap(({ plans }) => plans);
  const groups: Group[] = [];
  for (const [index, plan] of plans.entries()) {
    const progress = (doing: string) => line.show(`${index + 1} of ${plans.length}  ${plan.id}  ${doing}`);
    const group = await runGroup(plan, { effort: { quick }, sameProcess, progress });
    groups.push(group);
    line.clear();
    console.log(groupText(group));
  }
  return groups;
}

const task = await read(process.argv.slice(2)).catch((error: Error) => {
  console.error(`${error.message}\n\n--help says what there is.`);
  process.exit(2);
});
if (task.options.help) console.log(HELP);
else if (task.options.redraw) await redraw();
else await run(task);

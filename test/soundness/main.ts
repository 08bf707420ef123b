// npm run soundness -- --runs 100000 --seed 1: compares derived filters with what routers do.
// npm run soundness -- --mutants: puts faults into the derivation, and says after how many routers each is found.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FILTER_MUTANTS } from './mutants.ts';
import { checkSoundness } from './soundness.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    mutants: { type: 'boolean', default: false },
    name: { type: 'string' },
  },
});

if (values.mutants) attackMutants();
else await play();

async function play(): Promise<void> {
  const startedAt = performance.now();
  const counts = await checkSoundness({ numRuns: Number(values.runs), seed: Number(values.seed) });
  for (const [name, count] of [...counts].sort()) console.log(`${String(count).padStart(9)}  ${name}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(`${values.runs} routers from seed ${values.seed}: every filter is sound. ${seconds} s`);
}

function attackMutants(): void {
  const chosen = FILTER_MUTANTS.filter(
    ({ name, equivalent }) =>
      equivalent === undefined && (values.name === undefined || name.includes(values.name)),
  );
  let found = 0;
  for (const { name } of chosen) {
    const { stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        join(import.meta.dirname, '../simulation/mutants/hook.ts'),
        import.meta.filename,
        ...['--runs', values.runs, '--seed', values.seed],
      ],
      { env: { ...process.env, MUTANT: name }, encoding: 'utf8' },
    );
    const [, after] = /Property failed after (\d+) tests/.exec(stderr) ?? [];
    const [, how = ''] = /cause\]: Error: ([^:\n]*)/.exec(stderr) ?? [];
    if (after !== undefined) found++;
    else if (stderr !== '') throw new Error(`${name}: ${stderr}`);
    console.log(`${(after ?? 'survived').padStart(9)}  ${name}${how && `  (${how})`}`);
  }
  console.log(`${found} of ${chosen.length} found, each within ${values.runs} routers`);
  if (found < chosen.length) process.exitCode = 1;
}

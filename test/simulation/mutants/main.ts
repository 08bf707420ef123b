// npm run simulate:mutants -- --name deadline --in batch: how many histories each mutant lives through. --histories 300 for
// all, instead of the number that each has. --convergent plays those after which a copy has to equal its table.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, WITHIN } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string', multiple: true },
    in: { type: 'string', multiple: true },
    convergent: { type: 'boolean', default: false },
  },
});

/** A mutant that runs on for so long is in a loop without any wait, which no history can end. */
const MAX_MS = 300_000;

interface Verdict {
  readonly mutant: string;
  readonly foundAfter: number | string;
  readonly by: string;
}

function attack({ name, within = WITHIN, only = [] }: Mutant): Promise<Verdict> {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  const child = spawn(
    process.execPath,
    [
      '--import',
      join(import.meta.dirname, 'hook.ts'),
      join(import.meta.dirname, '../main.ts'),
      '--seed',
      values.seed,
      '--histories',
      values.histories ?? String(within),
      '--no-shrink',
      ...(values.convergent ? ['--convergent'] : []),
      ...only.flatMap((entryPoint) => ['--only', entryPoint]),
    ],
    { env: { ...process.env, MUTANT: name }, timeout: MAX_MS, killSignal: 'SIGKILL' },
  );
  let output = '';
  let errors = '';
  child.stdout.on('data', (text: Buffer) => (output += text));
  child.stderr.on('data', (text: Buffer) => (errors += text));
  child.on('close', (code, signal) => {
    const [, played] = /^(\d+) histories from/m.exec(output) ?? [];
    const [, invariant] = /^VIOLATED by seed \d+: (.*)$/m.exec(output) ?? [];
    if (signal !== null) resolve({ mutant: name, foundAfter: 'endless', by: 'it never waits' });
    else if (played === undefined) reject(new Error(`${name}: ${errors}`));
    else resolve({ mutant: name, foundAfter: code === 0 ? 'survived' : Number(played), by: invariant ?? '' });
  });
  return promise;
}

const waiting = MUTANTS.filter(
  ({ name, file, equivalent }) =>
    equivalent === undefined &&
    (values.name === undefined || values.name.some((part) => name.includes(part))) &&
    (values.in === undefined || values.in.some((folder) => file.startsWith(`${folder}/`))),
);
const verdicts: Verdict[] = [];
const workers = Array.from({ length: availableParallelism() }, async () => {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const verdict = await attack(mutant);
    verdicts.push(verdict);
    console.log(
      `${String(verdict.foundAfter).padStart(9)}  ${verdict.mutant}${verdict.by && `  (${verdict.by})`}`,
    );
  }
});
await Promise.all(workers);
const survivors = verdicts.filter(({ foundAfter }) => foundAfter === 'survived');
console.log(
  `${verdicts.length - survivors.length} of ${verdicts.length} found, each within ${values.histories ?? 'its number of'} histories`,
);
if (survivors.length > 0) process.exitCode = 1;

import { batchText } from '../data/batch.ts';
import { type Bundling, PROGRAMS, type ProgramName, SNS_PROGRAMS } from '../programs.ts';
import type { Effort, Entrant, GroupPlan, Measure, Sample } from '../run/plan.ts';
import { type FirstAnswer, firstAnswer, requireRuntimeClient } from '../sandbox-function.ts';

const SUCCESS = '{"batchItemFailures":[]}';

/** The function of a turn that times the import of its program. It answers with the time. */
const IMPORT_PROBE = `const startedAt = performance.now();
await import('./program.mjs');
const importMs = performance.now() - startedAt;
export const handler = async () => importMs;
`;

export const lambdaMeasure: Measure = {
  name: 'lambda',
  title: "Cold start under AWS's runtime client",
  method:
    'The programs of the measure before, and two more, as Lambda starts them: each turn starts a new process of ' +
    "`aws-lambda-ric`, AWS's runtime client, with a Runtime API of the test suite. The function gets one record. A cold " +
    'start is the time from the start of the process until the function has answered and the client asks for the next event. ' +
    'Most of it is the time of Node and of the client. The import is timed within the function. If the client is ' +
    'not installed, this measure is skipped: `node scripts/runtime-client.ts` installs it.',
  plans: (effort) => [imports(effort), starts(effort), publishing(effort)],
};

type Turn = (code: Uint8Array) => Promise<Sample>;

function planOf(
  plan: Pick<GroupPlan, 'id' | 'title' | 'notes'>,
  programs: object,
  bundling: Bundling,
  { quick }: Effort,
  turnOf: () => Turn | Promise<Turn>,
): GroupPlan {
  return {
    ...plan,
    unit: 'ms',
    places: Object.keys(programs).map((name) => ({ name, host: 'lambda' })),
    // Starts differ by a tenth and more, and the goal of a publishing function is within a tenth.
    rounds: quick ? 3 : 101,
    warmups: quick ? 0 : 1,
    entrant: async (name): Promise<Entrant> => {
      requireRuntimeClient();
      const { bundleOf } = await import('../bundle.ts');
      const code = await bundleOf(name as ProgramName, bundling);
      const turn = await turnOf();
      return { sample: () => turn(code) };
    },
  };
}

function imports(effort: Effort): GroupPlan {
  const title = 'Import under the runtime client, @aws-sdk/* left to the Lambda runtime';
  return planOf({ id: 'lambda/import', title }, PROGRAMS, 'sdk-external', effort, () => async (code) => {
    const { payload } = await firstAnswer({ 'index.mjs': IMPORT_PROBE, 'program.mjs': code }, '{}');
    return { value: Number(payload) };
  });
}

function starts(effort: Effort): GroupPlan {
  const title = 'Cold start to the first answer, @aws-sdk/* left to the Lambda runtime';
  return planOf({ id: 'lambda/start', title }, PROGRAMS, 'sdk-external', effort, () => async (code) => {
    return startOf(await firstAnswer({ 'index.mjs': code }, oneInsert()));
  });
}

function publishing(effort: Effort): GroupPlan {
  const title = 'Cold start to the first answer, of a function that publishes to SNS, everything bundled';
  const notes = ['SNS is a fake of its API on the same machine.'];
  return planOf({ id: 'lambda/sns', title, notes }, SNS_PROGRAMS, 'all', effort, async () => {
    const { FakeAws } = await import('../../test/fixtures/fake-aws/fake-aws.ts');
    const sns = await FakeAws.start();
    const environment = { AWS_ENDPOINT_URL: sns.connection.endpoint };
    return async (code) => {
      sns.reset();
      const answer = await firstAnswer({ 'index.mjs': code }, oneInsert(), environment);
      if (sns.accepted.length !== 1) throw new Error(`SNS accepted ${sns.accepted.length} messages, not 1`);
      return startOf(answer);
    };
  });
}

/** The first record of a batch is an insert. */
function oneInsert(): string {
  return batchText({ profile: 'small', records: 1, items: 1, seed: 1 });
}

/** @throws Error where the function did not succeed */
function startOf({ payload, startMs }: FirstAnswer): Sample {
  if (payload !== SUCCESS) throw new Error(`The function answered ${payload}`);
  return { value: startMs };
}

import { afterAll, beforeAll } from 'vitest';
import { declaredCode } from '../../src/doctor/declared-code.ts';
import { type Diagnosis, diagnose } from '../../src/doctor/diagnose.ts';
import { Clients } from '../../src/doctor/read/clients.ts';
import { readState } from '../../src/doctor/read/read-state.ts';
import { type FakeAws, type Fault, fakeAws } from './fake-aws/server.ts';
import { healthy, REGION, type World } from './fake-aws/world.ts';

/** The differences from a healthy deployment without code. */
export interface Examined {
  readonly change?: (world: World) => void;
  readonly qualifier?: string | undefined;
  /** The router, or the mapping. */
  readonly router?: unknown;
  /** `module#export` of the router. */
  readonly source?: string;
  /** The other exports of its module. */
  readonly exports?: Readonly<Record<string, unknown>>;
  /** Calls that fail, by the name of the operation. */
  readonly faults?: Readonly<Record<string, Fault>>;
  /** Answers instead of those of the world, by the name of the operation. */
  readonly answers?: Readonly<Record<string, object>>;
  readonly now?: Date;
}

/** Starts a fake of AWS for a test file. Gives a function that reads a deployed state from it and diagnoses it. */
export function examiner(): (
  examined?: Examined,
) => Promise<Diagnosis & { readonly calls: readonly string[] }> {
  let aws: FakeAws;
  beforeAll(async () => {
    aws = await fakeAws(healthy());
  });
  afterAll(() => aws[Symbol.asyncDispose]());
  return async ({
    change,
    qualifier,
    router,
    source = 'src/handler.ts#router',
    exports = {},
    faults = {},
    answers = {},
    now = NOW,
  } = {}) => {
    aws.world = healthy();
    change?.(aws.world);
    aws.calls.length = 0;
    aws.faults.clear();
    aws.answers.clear();
    for (const [operation, answer] of Object.entries(answers)) aws.answers.set(operation, answer);
    for (const [operation, fault] of Object.entries(faults)) aws.faults.set(operation, fault);
    const clients = new Clients({
      endpoint: aws.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const code = router === undefined ? undefined : declaredCode(source, router, exports);
    const state = await readState(clients, { functionName: 'on-invoice', qualifier, now, code });
    clients.destroy();
    if (aws.problems.length > 0) throw new Error(aws.problems.splice(0).join('\n'));
    return { ...diagnose(state, code), calls: [...aws.calls] };
  };
}

/** Long after everything in the healthy deployment was changed. */
const NOW: Date = new Date('2026-11-01T12:00:00Z');

/** Each finding as `error CODE`. */
export function told({ findings }: Diagnosis): readonly string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

/** The checks that were not made, with the reasons. Without those that need the code, which a test may leave out. */
export function unknown({ notChecked }: Diagnosis): readonly string[] {
  return notChecked
    .filter(({ reason }) => !reason.startsWith('only with the code'))
    .flatMap((one) => one.notChecked.map((code) => `${code}: ${one.reason}`));
}

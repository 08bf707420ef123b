import { type CheckFunction, withoutRoutes } from '../check.ts';
import { finding, notChecked, type Result } from '../finding.ts';

/** When a runtime ends. */
interface End {
  /** From then on it gets no corrections. */
  readonly deprecated: string;
  /** From then on functions with it cannot be updated. Undefined: not known here. */
  readonly noUpdates?: string;
}

/**
 * The ends that AWS has announced. A runtime that is not here is not judged.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (24, 22, 20)
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (the others)
 */
const ENDS: Readonly<Record<string, End>> = {
  'nodejs24.x': { deprecated: '2028-04-30', noUpdates: '2028-07-01' },
  'nodejs22.x': { deprecated: '2027-04-30', noUpdates: '2027-07-01' },
  'nodejs20.x': { deprecated: '2026-04-30', noUpdates: '2026-09-30' },
  'nodejs18.x': { deprecated: '2025-09-01' },
  'python3.14': { deprecated: '2029-06-30', noUpdates: '2029-08-31' },
  'python3.13': { deprecated: '2029-06-30', noUpdates: '2029-08-31' },
  'python3.9': { deprecated: '2025-12-15' },
};

/** AWS's own notice begins earlier for few, and later for most. */
const NOTICE_DAYS = 180;

const DAY = 86_400_000;

/** The runtime: its end, and handlers that it refuses. */
export const runtime: CheckFunction = function* (check) {
  const { code, subject, declared } = check;
  const { runtime: name } = code;
  if (name === undefined) {
    yield notChecked(
      ['RUNTIME_NEAR_END', 'CALLBACK_HANDLER'],
      subject,
      'a container image does not say its runtime',
    );
    return;
  }
  const end = ENDS[name];
  if (end === undefined) {
    yield notChecked(
      ['RUNTIME_NEAR_END'],
      subject,
      `the end of ${name} is not known to this version of streamlane`,
    );
  } else {
    yield* ending(name, end, check);
  }
  // https://aws.amazon.com/blogs/compute/node-js-24-runtime-now-available-in-aws-lambda/
  const major = Number(/^nodejs(\d+)/.exec(name)?.[1] ?? 0);
  if (major >= 24 && declared?.isOwnMapping) {
    yield notChecked(['CALLBACK_HANDLER'], subject, withoutRoutes(declared));
  }
  if (major >= 24 && declared?.parameters !== undefined && declared.parameters > 2) {
    yield finding('CALLBACK_HANDLER', subject, {
      is: `The handler ${declared.source} takes ${declared.parameters} parameters, and the runtime is ${name}.`,
      should: 'a handler with two parameters, event and context',
      why: 'From Node.js 24 on Lambda refuses handlers with a callback: every invocation fails.',
      remedy: 'Return a promise instead of calling back.',
    });
  }
};

function* ending(name: string, end: End, { state, subject }: Parameters<CheckFunction>[0]): Iterable<Result> {
  const now = state.readAt.getTime();
  const left = Math.floor((Date.parse(end.deprecated) - now) / DAY);
  if (left > NOTICE_DAYS) return;
  const isFrozen = end.noUpdates !== undefined && Date.parse(end.noUpdates) <= now;
  yield finding('RUNTIME_NEAR_END', subject, {
    severity: isFrozen ? 'error' : 'warning',
    is:
      left >= 0
        ? `The runtime ${name} gets no security patches from ${end.deprecated} on, in ${left} days.`
        : `The runtime ${name} has had no security patches since ${end.deprecated}.`,
    should: 'a runtime with at least half a year ahead, such as nodejs24.x',
    why: isFrozen
      ? `Since ${end.noUpdates} functions with it cannot be updated: a fix cannot be deployed.`
      : `Later, functions with it cannot be updated${end.noUpdates === undefined ? '' : ` (from ${end.noUpdates} on)`}: a fix could not be deployed.`,
    remedy: `aws lambda update-function-configuration --function-name ${state.functionName} --runtime nodejs24.x`,
  });
}

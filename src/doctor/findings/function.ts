import type { CheckFunction } from '../check.ts';
import type { DeployedFunction } from '../deployed-state.ts';
import { finding, notChecked, type Result } from '../finding.ts';

/**
 * With an event of 6 MB, which is the most that Lambda sends, a function on Node.js 24 with a router takes 190 MB, and 63 MB without one (measured:
 * the highest of five invocations with 3,800 changes of items with 20 attributes). Lambda has memory in steps of 1 MB.
 */
const MEMORY_MB = 256;

/** The function itself: its state, memory, and what belongs to other sources than streams. */
export const ofFunction: CheckFunction = function* ({ code, state, subject }) {
  yield* readiness(code, subject);
  if (code.isolatesTenants) {
    yield finding('TENANT_ISOLATION', subject, {
      is: 'The function has TenancyConfig: PER_TENANT.',
      should: 'a function without tenant isolation',
      // https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
      why: 'Each invocation needs the id of a tenant, but an event source mapping sends none. So no batch can be handled.',
      remedy: 'Create another function for the stream. Tenant isolation cannot be turned off.',
    });
  }
  if (code.memoryMB < MEMORY_MB) {
    if (!code.runtime?.startsWith('nodejs')) {
      const runtime = code.runtime === undefined ? 'in a container image' : `on ${code.runtime}`;
      yield notChecked(
        ['MEMORY_TOO_SMALL'],
        subject,
        `how much memory a batch needs ${runtime} is not known here`,
      );
    } else {
      yield finding('MEMORY_TOO_SMALL', subject, {
        is: `The function has ${code.memoryMB} MB of memory.`,
        should: `MemorySize: ${MEMORY_MB} or more`,
        why: 'The largest event, of 6 MB, needs about 190 MB on Node.js. With less memory, the function crashes, and Lambda delivers the batch again.',
        remedy: `aws lambda update-function-configuration --function-name ${state.functionName} --memory-size ${MEMORY_MB}`,
      });
    }
  }
};

function* readiness(
  { state, stateReason, lastUpdateStatus }: DeployedFunction,
  subject: string,
): Iterable<Result> {
  // Inactive: it was not invoked for weeks. The next invocation wakes it.
  if (state !== undefined && state !== 'Active' && state !== 'Inactive') {
    yield finding('FUNCTION_NOT_READY', subject, {
      severity: state === 'Pending' ? 'note' : 'error',
      is: `The function is in the state ${state}${stateReason === undefined ? '' : ` (${stateReason})`}.`,
      should: 'Active',
      why: 'It cannot be invoked. The records wait in the stream, for 24 hours at most.',
      remedy: 'Correct the cause, and deploy the function again.',
    });
  } else if (lastUpdateStatus === 'Failed') {
    yield finding('FUNCTION_NOT_READY', subject, {
      severity: 'warning',
      is: 'The last update of the function failed.',
      should: 'LastUpdateStatus: Successful',
      why: 'The previous code still runs, with its configuration.',
      remedy: 'Correct the cause, and deploy the function again.',
    });
  }
}

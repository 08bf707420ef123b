import { randomBytes } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { functionClock } from '../../stream/event-loop.ts';

/** The identity of the function in the context of an invocation. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly memoryLimitInMB: number;
}

/** The context that Node.js 24 gives a handler, with the member that Context does not declare. */
export interface LocalContext extends Context {
  readonly xRayTraceId: string;
}

/** The context of one invocation, its countdown running. As on Lambda, the time left is negative past the timeout. */
export function lambdaContext(identity: FunctionIdentity, awsRequestId: string): LocalContext {
  const { functionName, functionArn, timeoutMs, memoryLimitInMB } = identity;
  const deadline = functionClock() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: `${memoryLimitInMB}`,
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    clientContext: undefined,
    identity: undefined,
    // An event source mapping sends none.
    tenantId: undefined,
    xRayTraceId: traceId(),
    getRemainingTimeInMillis: () => Math.floor(deadline - functionClock()),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}

/**
 * A trace that nothing samples: Lambda gives each invocation one.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Sampled=0`;
}

function unsupported(): never {
  throw new Error('context.done, fail and succeed are gone from Lambda since Node.js 24: return a promise.');
}

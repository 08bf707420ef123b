import type { Context } from 'aws-lambda';
import { functionClock } from '../../stream/event-loop.ts';

/** The identity of the function in the context of an invocation. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly memoryLimitInMB: number;
}

/** The context of one invocation, its countdown running. */
export function lambdaContext(identity: FunctionIdentity, awsRequestId: string): Context {
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
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - functionClock())),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}

function unsupported(): never {
  throw new Error('context.done, fail and succeed are gone from Lambda since Node.js 24: return a promise.');
}

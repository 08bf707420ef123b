import { queueArn } from '../mapping/policies/queue-arn.ts';
import { sinkPolicy } from '../mapping/policies/sink-policy.ts';
import type { EnvironmentVariable } from '../options/env.ts';
import type { Sink } from '../sinks/sink.ts';
import { type SinkTarget, targetOf } from '../sinks/sink-target.ts';
import type { DeclaredCode } from './declared-code.ts';
import type { DeployedFunction } from './deployed-state.ts';
import { type NeededPermission, neededFor } from './needed-permission.ts';
import { isUnread } from './part.ts';
import { type Arn, arnOf } from './read/arn.ts';

/** The action on a target, by the service in its ARN: a variable of `env()` names where a sink sends. */
const BY_SERVICE: Readonly<Record<string, string>> = {
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage',
  events: 'events:PutEvents',
};

/**
 * The permissions that the sinks of the code need: those that the module exports, and the topics, queues and buses that the variables
 * of `env()` name. Targets come from the variables of the deployed function.
 */
export function sinkPermissions(
  { sinks, environment }: DeclaredCode,
  { environment: variables }: DeployedFunction,
  functionArn: string,
): readonly NeededPermission[] {
  const values = isUnread(variables) ? {} : variables.value;
  const own = arnOf(functionArn);
  const needed = new Map<string, NeededPermission>();
  const add = (one: NeededPermission): void => {
    const key = `${one.action} ${one.resource}`;
    if (!needed.has(key)) needed.set(key, one);
  };
  for (const { name, sink } of sinks) {
    const target = targetOf(sink) as SinkTarget;
    const resource = resourceOf(target, values, own);
    if (resource === undefined) continue;
    const statements = sinkPolicy(sink as Sink<never, never>, { resource });
    for (const one of neededFor(`the sink ${name}`, statements)) add(one);
  }
  for (const name of environment) {
    const value = Object.hasOwn(values, name) ? (values[name] as string) : '';
    const resource = queueArn(value) ?? value;
    const action = BY_SERVICE[arnOf(resource).service];
    if (resource.startsWith('arn:') && action !== undefined)
      add({ action, resource, neededBy: `the sink of ${name}` });
  }
  return [...needed.values()];
}

/** The ARN of a target. Undefined where the deployed function does not say it. */
function resourceOf(
  { named: [owner], value, prefix }: SinkTarget,
  values: Readonly<Record<string, string>>,
  { partition, region, account }: Arn,
): string | undefined {
  const target = textOf(value, values);
  const keys = prefix === undefined ? '' : textOf(prefix, values);
  if (!target || keys === undefined) return undefined;
  switch (owner) {
    case 'bucketWriter':
      return target.startsWith('arn:')
        ? `${target}/object/${keys}*`
        : `arn:${partition}:s3:::${target}/${keys}*`;
    case 'eventBus':
      return target.startsWith('arn:')
        ? target
        : `arn:${partition}:events:${region}:${account}:event-bus/${target}`;
    case 'tableWriter':
      return target.startsWith('arn:')
        ? target
        : `arn:${partition}:dynamodb:${region}:${account}:table/${target}`;
    case 'sqsQueue':
      return queueArn(target);
    default:
      return target.startsWith('arn:') ? target : undefined;
  }
}

function textOf(
  value: string | EnvironmentVariable,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (typeof value === 'string') return value;
  const { environmentVariable } = value;
  return Object.hasOwn(values, environmentVariable) ? values[environmentVariable] : undefined;
}

import { objectWith } from '../../options/check.ts';
import { rejectUnknownOptions, requireArgument, requireOption } from '../../options/check-options.ts';
import { type EnvironmentVariable, readEnv } from '../../options/env.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import { shown } from '../../options/kind-of.ts';
import type { Sink } from '../../sinks/sink.ts';
import { type SinkTarget, targetOf } from '../../sinks/sink-target.ts';
import { REFERENCE } from '../formats/template.ts';
import type { TemplateReference } from '../router-mapping.ts';
import { queueArn } from './queue-arn.ts';
import { allow, type PolicyStatement } from './statement.ts';

/** The options of {@link sinkPolicy}. */
export interface SinkPolicyOptions {
  /**
   * ARN of what the sink writes to, or a reference to it; for a bucket that of its objects: `arn:aws:s3:::archive/deleted/*`.
   *
   * @defaultValue what the sink's own target says
   */
  readonly resource?: TemplateReference | undefined;
}

const OWNER = 'sinkPolicy';

const SINK = objectWith(['send']);

/** Gives the ARN of the resource that a sink writes to. Undefined where the target does not say it. */
type ArnOf = (target: string, prefix: string) => string | undefined;

const ARN = /^arn:/;

const ownArn: ArnOf = (target) => (ARN.test(target) ? target : undefined);

/** By the function that makes the sink. */
const RESOURCES: Readonly<Record<string, ArnOf>> = {
  snsTopic: ownArn,
  sqsQueue: queueArn,
  eventBus: ownArn,
  bucketWriter(bucket, prefix) {
    // In a policy, these signs are wildcards and variables.
    const keys = `${prefix.replace(/[*?$]/g, '${$&}')}*`;
    // The ARN is that of an access point.
    return ARN.test(bucket) ? `${bucket}/object/${keys}` : `arn:aws:s3:::${bucket}/${keys}`;
  },
  tableWriter: ownArn,
};

/**
 * The statement that the role of a function needs to send to a sink. Keys of KMS are not in it.
 *
 * The resource follows from the sink's target: an ARN, the URL of a queue, or the name of a bucket in the partition `aws`. Names of buses and
 * tables say neither region nor account: pass `resource`. A target of `env('NAME')` is read from the environment of this process.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`; `INVALID_OPTION` for a sink of `createSink` and for other objects than sinks;
 *   `MISSING_ENVIRONMENT_VARIABLE` where `resource` is needed
 * @example
 * ```ts
 * const [statement] = sinkPolicy(payments, { resource: { Ref: 'PaymentsTopic' } });
 * ```
 */
export function sinkPolicy(
  sink: Sink<never, never>,
  options: SinkPolicyOptions = {},
): readonly PolicyStatement[] {
  requireArgument(OWNER, 'sink', sink, SINK);
  rejectUnknownOptions(OWNER, options, ['resource']);
  const { resource } = options;
  if (resource !== undefined) requireOption(OWNER, 'resource', resource, REFERENCE);
  const target = targetOf(sink);
  if (target?.action === undefined) {
    throw invalidOption(
      OWNER,
      undefined,
      'the sink is your own, so the permissions of its requests are not known. Write its statements yourself.',
    );
  }
  return [allow([target.action], resource ?? resourceOf(target))];
}

function resourceOf({ named: [owner, option], value, prefix }: SinkTarget): string {
  const target = read(owner, option, value);
  const arnOf = RESOURCES[owner] as ArnOf;
  const arn = arnOf(target, prefix === undefined ? '' : read(owner, 'prefix', prefix));
  if (arn !== undefined) return arn;
  throw invalidOption(
    OWNER,
    'resource',
    `is needed: the ${option} of ${owner} is ${shown(target)}, which has no region and account. ` +
      'Pass the ARN, or a reference to it.',
  );
}

function read(owner: string, option: string, value: string | EnvironmentVariable): string {
  try {
    return value === '' ? '' : readEnv(owner, option, value);
  } catch (cause) {
    const { environmentVariable } = value as EnvironmentVariable;
    throw invalidOption(
      OWNER,
      'resource',
      `is needed: the ${option} of ${owner} is env('${environmentVariable}'), and the environment variable is not set here. ` +
        'Pass the ARN, or a reference to it.',
      { code: 'MISSING_ENVIRONMENT_VARIABLE', cause },
    );
  }
}

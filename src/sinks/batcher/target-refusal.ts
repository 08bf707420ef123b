import type { EnvironmentVariable } from '../../options/env.ts';
import type { TargetKind } from '../sink-target.ts';
import type { Refusal } from './entry.ts';

/** A target, and the option that names it. */
export interface NamedTarget {
  readonly kind: TargetKind;
  readonly named: readonly [owner: string, option: string];
  readonly value: string | EnvironmentVariable;
  readonly target: string;
}

type Advice = Required<Pick<Refusal, 'reason' | 'remedy'>>;

const MISSING = /^(ResourceNotFound|NotFound|QueueDoesNotExist|NonExistentQueue|NoSuchBucket)$/;
const DENIED = /^(AccessDenied|AuthorizationError|NotAuthorized)$/;
const KEY = /^KMS/i;

/**
 * Names the missing part, where the code of AWS tells: the target itself, a permission, or the key that encrypts it. A remedy
 * that the refusal has already stays.
 */
export function explained(refusal: Refusal, target: NamedTarget): Refusal {
  if (refusal.fault !== 'target' || refusal.remedy !== undefined) return refusal;
  return { ...refusal, ...adviceFor(refusal.code, target) };
}

function adviceFor(code: string, { kind, named, value, target }: NamedTarget): Advice | undefined {
  const { noun, within = '', action } = kind;
  const [owner, option] = named;
  const name = code.replace(/^AWS\.SimpleQueueService\.|Exception$/g, '');
  if (MISSING.test(name)) {
    const variable =
      typeof value === 'string' ? '' : ` in the environment variable ${value.environmentVariable}`;
    return {
      reason: `the ${noun} does not exist in the region and account of the request`,
      remedy: `Create the ${noun}, or correct the ${option} of ${owner}${variable}, or the region and the credentials of its client.`,
    };
  }
  if (DENIED.test(name)) {
    return {
      reason: `the role of the function has no permission to send to the ${noun}`,
      remedy:
        `Allow ${action} on ${within}the ${noun} ${target} in the policy of the role. A ${noun} of another account has to allow it ` +
        'as well. If the cause names another action, such as one of kms, allow that one.',
    };
  }
  if (KEY.test(name)) {
    return {
      reason: `the key that encrypts the ${noun} cannot be used`,
      remedy:
        'The key has to be a symmetric one that is enabled. Allow kms:GenerateDataKey and kms:Decrypt on it in the policy of the role.',
    };
  }
  return undefined;
}

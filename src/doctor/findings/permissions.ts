import type { CheckMapping } from '../check.ts';
import type { DeployedPermission } from '../deployed-state.ts';
import { finding, ifRead, notChecked } from '../finding.ts';
import { isUnread } from '../part.ts';

const CODES = ['PERMISSION_MISSING'] as const;

/** Permissions that the role of the function lacks. */
export const permissions: CheckMapping = function* ({ mapping, subject }) {
  yield* ifRead(mapping.permissions, CODES, subject, function* (found) {
    const uncertain = found.filter(({ decision }) => decision === 'unknown');
    if (uncertain.length > 0) {
      yield notChecked(CODES, subject, `a condition of a policy decides ${actionsIn(uncertain)}`);
    }
    const denied = found.filter(({ decision }) => decision === 'denied');
    for (const those of Map.groupBy(denied, ({ neededBy, resource }) => `${neededBy} ${resource}`).values()) {
      const [{ neededBy, resource }] = those as [DeployedPermission];
      const { target } = mapping;
      if (
        neededBy === 'its destination' &&
        !isUnread(target) &&
        target.value !== undefined &&
        'hasPolicy' in target.value &&
        target.value.hasPolicy
      ) {
        yield notChecked(CODES, subject, `the policy of ${resource} itself may allow ${actionsIn(those)}`);
        continue;
      }
      yield finding('PERMISSION_MISSING', subject, {
        // AWS asks for it in its documentation. Mappings have been seen to run without it.
        ...(those.every(({ action }) => action === 'dynamodb:ListStreams') && { severity: 'warning' }),
        is: `The role is not allowed ${actionsIn(those)} on ${resource}.`,
        should: `a statement that allows it: ${neededBy} needs it`,
        why: WHY[neededBy] ?? 'Every record whose handler sends there fails, and blocks its shard.',
        remedy: JSON.stringify({
          Effect: 'Allow',
          Action: those.map(({ action }) => action),
          Resource: resource,
        }),
      });
    }
  });
};

const WHY: Readonly<Record<string, string>> = {
  'the mapping':
    'Lambda cannot read the stream. The function gets no records, and records that leave the stream are lost.',
  'its destination':
    'Lambda cannot send the details of discarded records, so there is no trace of lost records.',
};

function actionsIn(permissions: readonly DeployedPermission[]): string {
  return permissions.map(({ action }) => action).join(', ');
}

import type { EvaluationResult } from '@aws-sdk/client-iam';
import type { DeployedPermission } from '../deployed-state.ts';
import type { NeededPermission } from '../needed-permission.ts';
import { type Part, unread } from '../part.ts';
import { attempt } from './attempt.ts';
import type { Clients } from './clients.ts';

/**
 * Asks IAM for what the policies of a role decide: those that are attached to it, those in it, and its boundary. Policies of resources
 * and of the organization are not among them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function readPermissions(
  simulate: Simulate,
  role: string | undefined,
  needed: readonly NeededPermission[],
): Promise<Part<readonly DeployedPermission[]>> {
  if (role === undefined) return unread('the role of the function is not known');
  return attempt('iam:SimulatePrincipalPolicy', async () => {
    const decisions = new Map<string, DeployedPermission['decision']>();
    for (const resource of new Set(needed.map((one) => one.resource))) {
      const actions = needed.filter((one) => one.resource === resource).map(({ action }) => action);
      for (const result of await simulate(role, resource, [...new Set(actions)])) {
        decisions.set(`${result.EvalActionName} ${resource}`, decisionOf(result));
      }
    }
    return needed.map((one) => ({
      ...one,
      decision: decisions.get(`${one.action} ${one.resource}`) ?? 'unknown',
    }));
  });
}

/** The decisions about actions of a role on a resource. */
export type Simulate = (
  role: string,
  resource: string,
  actions: readonly string[],
) => Promise<readonly EvaluationResult[]>;

/** Asks IAM for the decisions about actions on a resource. */
export async function simulatePolicies(
  clients: Clients,
  PolicySourceArn: string,
  resource: string,
  actions: readonly string[],
): Promise<readonly EvaluationResult[]> {
  const { client, module } = await clients.iam();
  const results: EvaluationResult[] = [];
  let Marker: string | undefined;
  do {
    const answer = await client.send(
      new module.SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: [...actions],
        ResourceArns: [resource],
        Marker,
      }),
    );
    results.push(...(answer.EvaluationResults ?? []));
    Marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (Marker !== undefined);
  return results;
}

/** A condition on a value that IAM does not know here may allow it in the function. */
function decisionOf({
  EvalDecision,
  MissingContextValues = [],
}: EvaluationResult): DeployedPermission['decision'] {
  if (EvalDecision === 'allowed') return 'allowed';
  return MissingContextValues.length > 0 ? 'unknown' : 'denied';
}

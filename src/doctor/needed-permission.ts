import type { PolicyStatement } from '../mapping/policies/statement.ts';

/** An action that the role of the function has to be allowed. */
export interface NeededPermission {
  readonly action: string;
  readonly resource: string;
  /** Its user: `the mapping`, `its destination`, or a sink. */
  readonly neededBy: string;
}

/** The permissions in statements. */
export function neededFor(
  neededBy: string,
  statements: readonly PolicyStatement[],
): readonly NeededPermission[] {
  return statements.flatMap(({ Action, Resource }) =>
    Action.map((action) => ({ action, resource: `${Resource}`, neededBy })),
  );
}

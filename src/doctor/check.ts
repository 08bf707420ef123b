import type { DeclaredCode } from './declared-code.ts';
import type { DeployedMapping, DeployedState } from './deployed-state.ts';
import type { Result } from './finding.ts';

/** The facts that the findings about a mapping are made of. */
export interface MappingCheck {
  readonly state: DeployedState;
  readonly mapping: DeployedMapping;
  /** Undefined without `--router`. */
  readonly code: DeclaredCode | undefined;
  /** The mapping, for people: `mapping a1b2c3d4 of Invoices`. */
  readonly subject: string;
}

/** Looks for a group of findings in a mapping. */
export type CheckMapping = (check: MappingCheck) => Iterable<Result>;

/** The command that changes options of a mapping. */
export function updateCommand({ uuid }: DeployedMapping, options: string): string {
  return `aws lambda update-event-source-mapping --uuid ${uuid} ${options}`;
}

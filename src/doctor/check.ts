import type { DeclaredCode } from './declared-code.ts';
import type { DeployedFunction, DeployedMapping, DeployedState } from './deployed-state.ts';
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

/** The facts that the findings about a version of the function are made of. */
export interface FunctionCheck {
  readonly state: DeployedState;
  readonly code: DeployedFunction;
  /** Undefined without `--router`. */
  readonly declared: DeclaredCode | undefined;
  /** The function, with its alias or version. */
  readonly subject: string;
}

/** Looks for a group of findings in a version of the function. */
export type CheckFunction = (check: FunctionCheck) => Iterable<Result>;

/** Looks for a group of findings in the whole state. */
export type CheckState = (state: DeployedState) => Iterable<Result>;

/** The reason for which checks that need the routes of the code are not made. */
export function withoutRoutes({ source, isOwnMapping }: DeclaredCode): string {
  return isOwnMapping
    ? `${source} is a mapping: name the router`
    : `${source} carries no routes: name the router that it wraps`;
}

/** The command that changes options of a mapping. */
export function updateCommand({ uuid }: DeployedMapping, options: string): string {
  return `aws lambda update-event-source-mapping --uuid ${uuid} ${options}`;
}

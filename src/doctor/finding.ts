import { isUnread, type Part } from './part.ts';

/**
 * - `error`: records are lost, held up or handled wrongly, or will be once something fails.
 * - `warning`: it works, and one fault or a bit more load makes it an error.
 * - `note`: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

/** Every finding, in the order of docs/doctor.md, with its severity. */
export const FINDINGS: Readonly<Record<FindingCode, Severity>> = {
  FUNCTION_NOT_READY: 'error',
  NO_MAPPING: 'error',
  PARTIAL_RESPONSES_OFF: 'error',
  PARTIAL_RESPONSES_UNUSED: 'warning',
  FILTER_DROPS_ROUTE: 'error',
  FILTER_NEVER_MATCHES: 'error',
  FILTER_ALWAYS_MATCHES: 'warning',
  FILTER_UNDOCUMENTED: 'warning',
  FILTER_UNREADABLE: 'error',
  VIEW_TYPE_TOO_POOR: 'error',
  KEYS_DIFFER: 'error',
  RETRIES_UNBOUNDED: 'warning',
  NO_DESTINATION: 'warning',
  DESTINATION_MISSING: 'error',
  DESTINATION_UNUSABLE: 'error',
  DESTINATION_WITHOUT_READER: 'warning',
  QUEUE_RETENTION_SHORT: 'warning',
  QUEUE_NOT_EMPTY: 'warning',
  TIMEOUT_WITHIN_RESERVE: 'error',
  TIMEOUT_TOO_SHORT: 'warning',
  PARALLEL_WITHOUT_ORDER: 'error',
  WINDOW_MISMATCH: 'error',
  STARTS_AT_LATEST: 'note',
  MAPPING_NOT_ENABLED: 'error',
  LAST_RESULT_PROBLEM: 'error',
  STREAM_REPLACED: 'error',
  STREAM_NOT_ENABLED: 'error',
  THIRD_READER: 'warning',
  OPTION_WITHOUT_EFFECT: 'warning',
  TENANT_ISOLATION: 'error',
  OPTION_DIFFERS: 'warning',
  MEMORY_TOO_SMALL: 'warning',
  RUNTIME_NEAR_END: 'warning',
  CALLBACK_HANDLER: 'error',
  VARIABLE_NOT_SET: 'error',
  CONCURRENCY_TOO_LOW: 'warning',
  CONCURRENCY_ZERO: 'error',
  PERMISSION_MISSING: 'error',
  NO_LAG_ALARM: 'warning',
  LAG_HIGH: 'error',
};

export type FindingCode =
  | 'FUNCTION_NOT_READY'
  | 'NO_MAPPING'
  | 'PARTIAL_RESPONSES_OFF'
  | 'PARTIAL_RESPONSES_UNUSED'
  | 'FILTER_DROPS_ROUTE'
  | 'FILTER_NEVER_MATCHES'
  | 'FILTER_ALWAYS_MATCHES'
  | 'FILTER_UNDOCUMENTED'
  | 'FILTER_UNREADABLE'
  | 'VIEW_TYPE_TOO_POOR'
  | 'KEYS_DIFFER'
  | 'RETRIES_UNBOUNDED'
  | 'NO_DESTINATION'
  | 'DESTINATION_MISSING'
  | 'DESTINATION_UNUSABLE'
  | 'DESTINATION_WITHOUT_READER'
  | 'QUEUE_RETENTION_SHORT'
  | 'QUEUE_NOT_EMPTY'
  | 'TIMEOUT_WITHIN_RESERVE'
  | 'TIMEOUT_TOO_SHORT'
  | 'PARALLEL_WITHOUT_ORDER'
  | 'WINDOW_MISMATCH'
  | 'STARTS_AT_LATEST'
  | 'MAPPING_NOT_ENABLED'
  | 'LAST_RESULT_PROBLEM'
  | 'STREAM_REPLACED'
  | 'STREAM_NOT_ENABLED'
  | 'THIRD_READER'
  | 'OPTION_WITHOUT_EFFECT'
  | 'TENANT_ISOLATION'
  | 'OPTION_DIFFERS'
  | 'MEMORY_TOO_SMALL'
  | 'RUNTIME_NEAR_END'
  | 'CALLBACK_HANDLER'
  | 'VARIABLE_NOT_SET'
  | 'CONCURRENCY_TOO_LOW'
  | 'CONCURRENCY_ZERO'
  | 'PERMISSION_MISSING'
  | 'NO_LAG_ALARM'
  | 'LAG_HIGH';

/** Something in the deployment that does harm, or will. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The function, or a mapping. */
  readonly subject: string;
  /** A sentence: the state that was found. */
  readonly is: string;
  /** A sentence: the state that should be there. */
  readonly should: string;
  /** A sentence or two: the harm. */
  readonly why: string;
  /** A command, or lines of a template. */
  readonly remedy: string;
  /** The place in our documentation that explains it, from the root of the repository. */
  readonly page: string;
}

/** Findings that could not be looked for. */
export interface NotChecked {
  readonly notChecked: readonly FindingCode[];
  readonly subject: string;
  /** A clause: why. */
  readonly reason: string;
}

export type Result = Finding | NotChecked;

/** The text of a finding, without the parts that follow from its code. */
export type FindingText = Pick<Finding, 'is' | 'should' | 'why' | 'remedy'> & {
  readonly severity?: Severity;
};

export function finding(code: FindingCode, subject: string, text: FindingText): Finding {
  return { code, severity: FINDINGS[code], subject, ...text, page: `docs/doctor.md#${code.toLowerCase()}` };
}

export function notChecked(codes: readonly FindingCode[], subject: string, reason: string): NotChecked {
  return { notChecked: codes, subject, reason };
}

/** Runs checks on a part that was read. Without it, they are reported as not made. */
export function* ifRead<T>(
  part: Part<T>,
  codes: readonly FindingCode[],
  subject: string,
  check: (value: T) => Iterable<Result>,
): Iterable<Result> {
  if (isUnread(part)) yield notChecked(codes, subject, part.notChecked);
  else yield* check(part.value);
}

import { tableNameOf } from '../record/stream-arn.ts';
import type { CheckFunction, CheckMapping, MappingCheck } from './check.ts';
import type { DeclaredCode } from './declared-code.ts';
import type { DeployedMapping, DeployedState } from './deployed-state.ts';
import {
  FINDINGS,
  type Finding,
  type FindingCode,
  finding,
  ifRead,
  type NotChecked,
  notChecked,
  type Result,
  type Severity,
} from './finding.ts';
import { destination } from './findings/destination.ts';
import { filters } from './findings/filters.ts';
import { ofFunction } from './findings/function.ts';
import { mappingOptions } from './findings/mapping-options.ts';
import { mappingState } from './findings/mapping-state.ts';
import { order } from './findings/order.ts';
import { permissions } from './findings/permissions.ts';
import { readers } from './findings/readers.ts';
import { responses } from './findings/responses.ts';
import { retries } from './findings/retries.ts';
import { runtime } from './findings/runtime.ts';
import { stream } from './findings/stream.ts';
import { timeout } from './findings/timeout.ts';
import { variables } from './findings/variables.ts';
import { watch } from './findings/watch.ts';

/** The findings, the worst first, and the checks that could not be made. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/** The groups of findings about one mapping. */
const OF_MAPPING: readonly CheckMapping[] = [
  responses,
  filters,
  stream,
  retries,
  destination,
  timeout,
  order,
  mappingState,
  readers,
  mappingOptions,
  permissions,
];

/** The groups of findings about one version of the function. */
const OF_FUNCTION: readonly CheckFunction[] = [ofFunction, runtime, variables];

const OF_FUNCTION_CODES: readonly FindingCode[] = [
  'FUNCTION_NOT_READY',
  'TENANT_ISOLATION',
  'MEMORY_TOO_SMALL',
  'RUNTIME_NEAR_END',
  'CALLBACK_HANDLER',
  'VARIABLE_NOT_SET',
];

/** The findings that need no mapping. */
const OF_WATCH: readonly FindingCode[] = [
  'CONCURRENCY_TOO_LOW',
  'CONCURRENCY_ZERO',
  'NO_LAG_ALARM',
  'LAG_HIGH',
];

const OF_MAPPINGS = (Object.keys(FINDINGS) as readonly FindingCode[]).filter(
  (code) => !OF_WATCH.includes(code),
);

/** The findings that need the code of the function. */
const OF_CODE: readonly FindingCode[] = [
  'PARTIAL_RESPONSES_UNUSED',
  'FILTER_DROPS_ROUTE',
  'VIEW_TYPE_TOO_POOR',
  'KEYS_DIFFER',
  'TIMEOUT_WITHIN_RESERVE',
  'PARALLEL_WITHOUT_ORDER',
  'OPTION_DIFFERS',
  'CALLBACK_HANDLER',
  'VARIABLE_NOT_SET',
];

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** Looks for every finding. */
export function diagnose(state: DeployedState, code?: DeclaredCode): Diagnosis {
  const results = [...all(state, code)];
  const findings = results.filter((result) => 'code' in result);
  // Stable: findings of one severity stay in the order of the mappings.
  const sorted = findings.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
  return { findings: sorted, notChecked: results.filter((result) => 'notChecked' in result) };
}

function* all(state: DeployedState, code: DeclaredCode | undefined): Iterable<Result> {
  const { functionName, mappings, unlisted } = state;
  if (code === undefined)
    yield notChecked(OF_CODE, functionName, 'only with the code: --router <module#export>');
  yield* ifRead(mappings, OF_MAPPINGS, functionName, function* (found) {
    if (unlisted !== undefined) {
      const codes = found.length === 0 ? OF_MAPPINGS : OF_MAPPINGS.filter((one) => one !== 'NO_MAPPING');
      yield notChecked(codes, `other mappings of ${functionName}`, unlisted);
    } else if (found.length === 0) {
      yield finding('NO_MAPPING', functionName, {
        is: 'No event source mapping of a DynamoDB stream invokes the function, an alias or a version of it.',
        should: 'a mapping',
        why: 'The function gets no records.',
        remedy: mappingCommand(code),
      });
    }
    for (const mapping of found) {
      const check: MappingCheck = { state, mapping, code, subject: subjectOf(mapping) };
      for (const group of OF_MAPPING) yield* group(check);
    }
    for (const [mapping] of Map.groupBy(found, ({ qualifier }) => qualifier).values()) {
      const { qualifier, code: part, isCodeMissing } = mapping as DeployedMapping;
      const subject = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      if (isCodeMissing) {
        yield finding('FUNCTION_NOT_READY', subject, {
          is: `A mapping invokes ${subject}, which does not exist.`,
          should: 'an alias or a version that exists',
          why: 'Nothing can be invoked. The records wait in the stream, for 24 hours at most.',
          remedy: 'Create the alias again, or name another one in the mapping (FunctionName).',
        });
      }
      const codes = OF_FUNCTION_CODES.filter((one) => !isCodeMissing || one !== 'FUNCTION_NOT_READY');
      yield* ifRead(part, codes, subject, function* (deployed) {
        const check = { state, code: deployed, declared: code, subject };
        for (const group of OF_FUNCTION) yield* group(check);
      });
    }
  });
  yield* watch(state);
}

/** The command that derives the mapping from the code. A mapping has its starting position already. */
function mappingCommand(code: DeclaredCode | undefined): string {
  if (code?.isOwnMapping) return `npx streamlane mapping ${code.source}`;
  // A handler without routes wraps its router, which the docs export as `router`.
  const source =
    code === undefined ? 'src/handler.ts#handler' : code.metadata ? code.source : 'src/handler.ts#router';
  return `npx streamlane mapping ${source} --starting-position TRIM_HORIZON`;
}

/** `Invoices (a1b2c3d4)`, with the alias or version behind it. */
function subjectOf({ uuid, streamArn, qualifier }: DeployedMapping): string {
  const of = qualifier === undefined ? '' : `, ${qualifier}`;
  return `${tableNameOf(streamArn)} (${uuid.slice(0, 8)}${of})`;
}

import { tableNameOf } from '../record/stream-arn.ts';
import type { CheckMapping, MappingCheck } from './check.ts';
import type { DeclaredCode } from './declared-code.ts';
import type { DeployedMapping, DeployedState } from './deployed-state.ts';
import {
  FINDINGS,
  type Finding,
  type FindingCode,
  finding,
  ifRead,
  type NotChecked,
  type Result,
  type Severity,
} from './finding.ts';
import { destination } from './findings/destination.ts';
import { mappingState } from './findings/mapping-state.ts';
import { responses } from './findings/responses.ts';
import { retries } from './findings/retries.ts';
import { stream } from './findings/stream.ts';

/** The findings, the worst first, and the checks that could not be made. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/** The groups of findings about one mapping. */
const OF_MAPPING: readonly CheckMapping[] = [responses, stream, retries, destination, mappingState];

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
  const { functionName, mappings } = state;
  const every = Object.keys(FINDINGS) as readonly FindingCode[];
  yield* ifRead(mappings, every, functionName, function* (found) {
    if (found.length === 0) {
      yield finding('NO_MAPPING', functionName, {
        is: 'No event source mapping of a DynamoDB stream invokes the function, an alias or a version of it.',
        should: 'a mapping',
        why: 'The function gets no records.',
        remedy: 'streamlane mapping src/handler.ts#router --starting-position TRIM_HORIZON',
      });
    }
    for (const mapping of found) {
      const check: MappingCheck = { state, mapping, code, subject: subjectOf(mapping) };
      for (const group of OF_MAPPING) yield* group(check);
    }
  });
}

/** `Invoices (a1b2c3d4)`, with the alias or version behind it. */
function subjectOf({ uuid, streamArn, qualifier }: DeployedMapping): string {
  const of = qualifier === undefined ? '' : `, ${qualifier}`;
  return `${tableNameOf(streamArn)} (${uuid.slice(0, 8)}${of})`;
}

import { type CheckMapping, updateCommand, withoutRoutes } from '../check.ts';
import { finding, notChecked } from '../finding.ts';

const REPORT = 'ReportBatchItemFailures';

/** Checks that function and mapping agree on partial responses. */
export const responses: CheckMapping = function* ({ mapping, code, subject }) {
  const isOn = mapping.functionResponseTypes.includes(REPORT);
  const reports =
    code?.metadata?.settings.partialResponses ?? wantsThem(code?.mapping?.options.functionResponseTypes);
  if (!isOn && reports !== false) {
    yield finding('PARTIAL_RESPONSES_OFF', subject, {
      severity: reports ? 'error' : 'warning',
      is: `FunctionResponseTypes is empty.`,
      should: `FunctionResponseTypes: [${REPORT}]`,
      why: reports
        ? 'The router reports failed records, but Lambda ignores the report. They count as handled, and are lost.'
        : 'Lambda ignores failures that the handler reports, so these records are lost. If the handler throws, Lambda delivers the whole batch again.',
      remedy: updateCommand(mapping, `--function-response-types ${REPORT}`),
    });
  }
  if (isOn && reports === false) {
    yield finding('PARTIAL_RESPONSES_UNUSED', subject, {
      is: `FunctionResponseTypes has ${REPORT}, and the router has partialResponses: false.`,
      should: 'partialResponses: true, which is the default',
      why: 'The router throws when a record fails. Lambda repeats the whole batch, or halves it at an arbitrary place.',
      remedy: 'Remove partialResponses: false from the options of the router.',
    });
  }
  if (isOn && reports === undefined && code !== undefined) {
    yield notChecked(['PARTIAL_RESPONSES_UNUSED'], subject, withoutRoutes(code));
  }
};

function wantsThem(types: readonly string[] | undefined): boolean | undefined {
  return types?.includes(REPORT);
}

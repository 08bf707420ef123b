import type { CheckFunction } from '../check.ts';
import { finding, ifRead } from '../finding.ts';

/**
 * Lambda sets these itself.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const OF_LAMBDA = /^(?:AWS_.*|_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_.*|LANG|PATH|LD_LIBRARY_PATH|NODE_PATH|TZ)$/;

/** The variables that the code names by `env()`. */
export const variables: CheckFunction = function* ({ code, state, subject, declared }) {
  const named = (declared?.environment ?? []).filter((name) => !OF_LAMBDA.test(name));
  if (named.length === 0) return;
  yield* ifRead(code.environment, ['VARIABLE_NOT_SET'], subject, function* (values) {
    const missing = named.filter((name) => !Object.hasOwn(values, name) || values[name] === '');
    if (missing.length === 0) return;
    yield finding('VARIABLE_NOT_SET', subject, {
      is: `The function has no ${missing.join(', ')}.`,
      should: `the environment ${missing.length === 1 ? 'variable' : 'variables'} that env() names`,
      why: 'The first record that needs it fails with MISSING_ENVIRONMENT_VARIABLE, and blocks its shard.',
      remedy: `Set ${missing.join(', ')} in the template of ${state.functionName}.`,
    });
  });
};

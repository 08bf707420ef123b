import { isFunctionName } from '../../mapping/function-name.ts';
import { usageError } from '../errors/cli-error.ts';

/** The parts of what `--function` names. */
export interface NamedFunction {
  readonly functionName: string;
  /** Undefined: the unpublished code, and all aliases and versions. */
  readonly qualifier: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
}

const PARTS =
  /^(?:arn:[\w-]*:lambda:)?(?:([a-z]+(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::([\w$.-]+))?$/;

/**
 * Reads a name, `name:alias`, or an ARN.
 *
 * @param region of `--region`
 * @throws CliError
 */
export function namedFunction(text: string | undefined, region: string | undefined): NamedFunction {
  if (text === undefined)
    throw usageError('--function is needed: the name or the ARN of the deployed function.');
  if (!isFunctionName(text))
    throw usageError(`--function has to be the name or the ARN of a function, got ${text}.`);
  const [, ofArn, account, functionName, qualifier] = PARTS.exec(text) as unknown as readonly [
    string,
    string?,
    string?,
    string?,
    string?,
  ];
  if (ofArn !== undefined && region !== undefined && ofArn !== region) {
    throw usageError(
      `--function names a function in ${ofArn}, and --region is ${region}. Leave out --region.`,
    );
  }
  return {
    functionName: `${functionName}`,
    // `$LATEST` is the unpublished code, as without a qualifier. `$LATEST.PUBLISHED` is a version, on Managed Instances.
    qualifier: qualifier === '$LATEST' ? undefined : qualifier,
    account,
    region: ofArn,
  };
}

import { type Check, isMembers } from '../../options/check.ts';
import { rejectUnknownOptions, requireArgument, requireOption } from '../../options/check-options.ts';
import { invalidOption } from '../../options/invalid-option.ts';
import { REFERENCE, STREAM } from '../formats/template.ts';
import type { TemplateReference } from '../router-mapping.ts';
import { allow, type PolicyStatement, type ResourcePolicy } from './statement.ts';

/** The actions by which Lambda reads a stream. */
const READ: readonly string[] = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
];

/**
 * The statements that the role of a function needs, so that Lambda reads the stream for it. `dynamodb:ListStreams` cannot be limited to a
 * stream, so its resource is `*`.
 *
 * @param streamArn ARN of the stream, or a reference to it
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * const Statement = [...streamPolicy({ 'Fn::GetAtt': ['App', 'StreamArn'] }), ...sinkPolicy(payments)];
 * ```
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function streamPolicy(streamArn: TemplateReference): readonly PolicyStatement[] {
  requireArgument('streamPolicy', 'stream', streamArn, STREAM);
  return [allow(READ, streamArn), allow(['dynamodb:ListStreams'], '*')];
}

/** The options of {@link crossAccountPolicy}: `principal`, or `account`. */
export interface CrossAccountOptions {
  /** ARN of the stream, or a reference to it. */
  readonly streamArn: TemplateReference;
  /** ARN of the role of the function that reads, or a reference to it. */
  readonly principal?: TemplateReference | undefined;
  /** The account that reads, of 12 digits. Every role in it that its own policies allow may read. */
  readonly account?: string | undefined;
}

const ACCOUNT: Check = {
  expected: 'text of 12 digits',
  accepts: (value) => typeof value === 'string' && /^\d{12}$/.test(value),
};

/**
 * The resource policy of a stream that lets a function of another account read it. The role of that function needs {@link streamPolicy}
 * as well.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const policy = crossAccountPolicy({ streamArn, principal: 'arn:aws:iam::111122223333:role/on-change' });
 * ```
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-attach-resource-policy-streams.html
 */
export function crossAccountPolicy(options: CrossAccountOptions): ResourcePolicy {
  const owner = 'crossAccountPolicy';
  rejectUnknownOptions(owner, options, ['streamArn', 'principal', 'account']);
  const { streamArn, principal, account } = options;
  requireOption(owner, 'streamArn', streamArn, STREAM);
  if ((principal === undefined) === (account === undefined)) {
    throw invalidOption(
      owner,
      undefined,
      'pass either principal, the ARN of a role, or account, and not both.',
    );
  }
  if (account !== undefined) requireOption(owner, 'account', account, ACCOUNT);
  else requireOption(owner, 'principal', principal, PRINCIPAL);
  // IAM reads the twelve digits as the ARN of the account, in whatever partition it is.
  const reader = (principal ?? account) as TemplateReference;
  return { Version: '2012-10-17', Statement: [{ ...allow(READ, streamArn), Principal: { AWS: reader } }] };
}

const PRINCIPAL: Check = {
  expected: 'the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME), or a reference to it',
  accepts: (value) =>
    REFERENCE.accepts(value) &&
    (isMembers(value) || /^arn:aws[\w-]*:iam::\d{12}:role\/.|\$\{/.test(`${value}`)),
};
